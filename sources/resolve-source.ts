import path from "node:path";
import { UserError } from "../errors.ts";
import { checkout } from "./checkout.ts";
import { explainGitFailure } from "./explain-git-failure.ts";
import { resolveFolder } from "./folder.ts";
import { knownSource } from "./known-source.ts";
import { lastChange } from "./last-change.ts";
import { commitIn, isEmpty, type Mirror, openMirror, reading, withMirrorLock } from "./mirror.ts";
import { consolidate, fetchBlobs, fetchCommit } from "./mirror-fetch.ts";
import { resolveMock } from "./mock.ts";
import { openRemote, type Remote, sshCommand } from "./remote.ts";
import { type RemoteCommit, resolveCommit } from "./resolve-commit.ts";
import { contentOf, treeOf } from "./tree.ts";
import type { GitSource, ResolvedSource, Source, SourceOptions } from "./types.ts";
import { verifyCheckout } from "./verify-checkout.ts";

/**
 * Finds the version of a source that counts now, and puts its files into the cache.
 *
 * @throws UserError for what the user can mend: an unreachable repository, a missing ref or folder, files that cannot be
 *   checked out.
 */
export function resolveSource(source: Source, options: SourceOptions): Promise<ResolvedSource> {
  return sourceResolver(options).resolve(source);
}

/** Finds sources for a whole run. */
export interface SourceResolver {
  /** `resolveSource`. */
  readonly resolve: (source: Source) => Promise<ResolvedSource>;
  /** The commit that a source's ref is at now, 40 hex; nothing is fetched. */
  readonly headOf: (source: GitSource) => Promise<string>;
}

/**
 * `resolveSource` for a whole run: the same ref of the same repository is asked for once, so that all algorithms of a
 * repository are at the same commit.
 */
export function sourceResolver(options: SourceOptions): SourceResolver {
  const ssh = once(() => sshCommand(options.signal));
  const ask = once((git, ref) => askRef(git, ref, ssh, options));
  const fetch = once(async (git, ref) => fetchRef(await ask(git, ref), ref, options));
  const headOf = async ({ git, ref }: GitSource) => (await ask(git, ref)).found.commit;
  const resolve = async (source: Source) => {
    if ("path" in source) return resolveFolder(source.path, options);
    if ("mock" in source) return resolveMock(source.mock, options);
    const { remote, found } = await ask(source.git, source.ref);
    return knownSource(options.cache, source, found.commit, async () => {
      const fetched = await fetch(source.git, source.ref);
      return checkoutAt(fetched, source, options).catch((thrown) => {
        throw explainGitFailure(thrown, remote, "read the files of");
      });
    });
  };
  return { resolve, headOf };
}

/** A function that does its work once for the same arguments. */
function once<T>(work: (...args: string[]) => Promise<T>): (...args: string[]) => Promise<T> {
  const done = new Map<string, Promise<T>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const result = done.get(key) ?? work(...args);
    done.set(key, result);
    return result;
  };
}

interface Asked {
  readonly remote: Remote;
  readonly found: RemoteCommit;
}

/** Asks the server what the ref is at. */
async function askRef(
  address: string,
  ref: string,
  ssh: () => Promise<string>,
  options: SourceOptions,
): Promise<Asked> {
  const remote = await openRemote(address, options.projectDirectory, ssh);
  return { remote, found: await resolveCommit(remote, ref, options.signal) };
}

interface Fetched extends RemoteCommit {
  readonly mirror: Mirror;
}

/** Sees that the mirror has the commit that the ref is at. */
async function fetchRef({ remote, found }: Asked, ref: string, options: SourceOptions): Promise<Fetched> {
  const mirror = await openMirror(options.cache, remote);
  const known = await commitIn(mirror, found.commit, options.signal);
  return { mirror, wanted: found.wanted, commit: known ?? (await fetchInto(mirror, found, ref, options)) };
}

async function fetchInto(
  mirror: Mirror,
  found: RemoteCommit,
  ref: string,
  { signal, onProgress }: SourceOptions,
): Promise<string> {
  const bring = async (waited: boolean) => {
    const brought = waited ? await commitIn(mirror, found.commit, signal) : undefined;
    if (brought !== undefined) return brought;
    if (await isEmpty(mirror)) onProgress?.(`Fetching \`${mirror.remote.label}\` for the first time.`);
    await consolidate(mirror, { signal });
    if ((await fetchCommit(mirror, found.wanted, signal)) === found.commit && found.wanted !== found.commit)
      return found.commit;
    // The ref has moved since, perhaps back: then the commit itself is asked for.
    const there = await commitIn(mirror, found.commit, signal);
    return there ?? commitIn(mirror, await fetchCommit(mirror, found.commit, signal), signal);
  };
  const commit = await withMirrorLock(mirror, bring, signal).catch((thrown) => {
    throw explainGitFailure(thrown, mirror.remote, `fetch \`${ref}\` from`);
  });
  if (commit !== undefined) return commit;
  throw new UserError(
    `\`${found.commit}\` of \`${mirror.remote.label}\` is no commit. Give a branch, a tag, or a commit in full.`,
  );
}

async function checkoutAt(fetched: Fetched, source: GitSource, options: SourceOptions): Promise<ResolvedSource> {
  const { mirror, commit, wanted } = fetched;
  const call = reading(mirror, options.signal);
  const { entries, subdir } = await contentOf(call, commit, source.subdir, source.include);
  const [last, root] = await Promise.all([
    lastChange(
      call,
      commit,
      entries.map((entry) => entry.path),
    ),
    checkout({
      cache: options.cache,
      reading: call,
      entries,
      fetchMissing: async (ids) => {
        await fetchBlobs(mirror, ids, wanted, options.signal).catch((thrown) => {
          throw explainGitFailure(thrown, mirror.remote, "fetch the files of");
        });
      },
      hasInclude: true,
      verify: (top) => verifyCheckout(top, subdir, true),
    }),
  ]);
  return { ...last, tree: treeOf(entries), dirty: false, directory: path.join(root, subdir) };
}
