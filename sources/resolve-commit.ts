import { UserError } from "../errors.ts";
import { explainGitFailure } from "./explain-git-failure.ts";
import { git } from "./git.ts";
import { listed, nearest, printable } from "./nearest.ts";
import type { Remote } from "./remote.ts";

const LS_REMOTE_TIMEOUT_MS = 60_000;

/** The commit that a ref stands for now. */
export interface RemoteCommit {
  /** 40 hex. */
  readonly commit: string;
  /** What to ask the server for: the full name of the ref, or the commit itself. */
  readonly wanted: string;
}

/**
 * Asks the server which commit `ref` is at. A commit in full is taken as it is, without asking.
 *
 * @throws UserError when the ref is malformed or missing (near names are listed), or the repository cannot be read.
 */
export async function resolveCommit(remote: Remote, ref: string, signal?: AbortSignal): Promise<RemoteCommit> {
  if (/^[0-9a-f]{40}$/i.test(ref)) return { commit: ref.toLowerCase(), wanted: ref.toLowerCase() };
  if (!isRefName(ref)) {
    throw new UserError(
      `\`ref\` is \`${printable(ref)}\`, which cannot be the name of a branch or a tag. Give a branch, a tag, or a commit in full.`,
    );
  }
  const names = candidates(ref);
  const refs = await lsRemote(
    remote,
    names.flatMap((name) => [name, `${name}^{}`]),
    signal,
  );
  for (const name of names) {
    const commit = refs.get(`${name}^{}`) ?? refs.get(name);
    if (commit !== undefined) return { commit, wanted: name };
  }
  throw missing(remote, ref, await lsRemote(remote, [], signal));
}

/** The full names that a short one may mean, in the order in which they count. */
export function candidates(ref: string): string[] {
  return ref === "HEAD" || ref.startsWith("refs/") ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}

/** Whether git would take this as the name of a ref (`git check-ref-format`), so that it cannot be read as anything else. */
export function isRefName(ref: string): boolean {
  if (ref === "" || ref === "@" || ref.length > 250 || /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\.$|\/\/|^[-/]|\/$/u.test(ref))
    return false;
  return ref.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}

async function lsRemote(
  remote: Remote,
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  try {
    const output = await git(["ls-remote", "--quiet", "--", remote.url, ...patterns], {
      cwd: "/", // outside any repository, whose settings must not count
      protocols: remote.protocols,
      environment: remote.environment,
      timeoutMs: LS_REMOTE_TIMEOUT_MS,
      signal,
    });
    return parseRefs(output.toString("utf8"));
  } catch (thrown) {
    throw explainGitFailure(thrown, remote, "read");
  }
}

function parseRefs(output: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of output.split("\n")) {
    const [, commit, name] = /^([0-9a-f]{40})\t(.+)$/.exec(line) ?? [];
    if (commit !== undefined && name !== undefined) refs.set(name, commit);
  }
  return refs;
}

function missing(remote: Remote, ref: string, refs: ReadonlyMap<string, string>): UserError {
  const short = [...refs.keys()]
    .filter((name) => !name.endsWith("^{}"))
    .map((name) => name.replace(/^refs\/(heads|tags)\//, ""));
  const what = `\`${remote.label}\` has no branch or tag \`${printable(ref)}\`.`;
  if (short.length === 0) return new UserError(`${what} It has no commits yet: push one.`);
  if (/^[0-9a-f]{7,39}$/i.test(ref))
    return new UserError(`${what} If it is a commit, give it in full, all 40 characters.`);
  const near = nearest(ref, short);
  const names = near.length > 0 ? near : short.filter((name) => name !== "HEAD");
  return new UserError(
    `${what} ${near.length > 0 ? "Did you mean" : "It has"} ${listed(names)}${near.length > 0 ? "?" : "."}`,
  );
}
