import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { inTemporaryFolder } from "./cache-place.ts";
import { type GitCall, git } from "./git.ts";
import { shortHash, withLock } from "./lock.ts";
import type { Remote } from "./remote.ts";

/**
 * A bare copy of a repository in the cache, without file contents but those that were asked for (`--filter=blob:none`).
 *
 * Many processes may use it at once, and any of them may be killed: only `objects/` is shared, to which git adds by
 * renaming finished files into place. Each fetch runs in a throwaway git directory over these objects, so that no lock of
 * git's is ever left behind; `tips/` remembers what was fetched, for the server to send only what is new.
 */
export interface Mirror {
  /** The git directory, absolute. Reading in it never reaches the network: it names no remote. */
  readonly directory: string;
  readonly remote: Remote;
}

/** The mirror of a remote; made empty where there is none. */
export async function openMirror(cache: string, remote: Remote): Promise<Mirror> {
  const name = path
    .basename(remote.label.replace(/[/:]+$/, ""))
    .replace(/(\.git)?$/, "")
    .replace(/[^\w.-]/g, "_")
    .slice(0, 40);
  const directory = path.join(cache, "mirrors", `${name}-${shortHash(remote.url)}.git`);
  await ensureGitDirectory(directory);
  return { directory, remote };
}

/** Makes an empty bare repository, whole or not at all; anew where one is damaged. */
export async function ensureGitDirectory(directory: string): Promise<void> {
  if (await isGitDirectory(directory)) return;
  await rm(directory, { recursive: true, force: true });
  await inTemporaryFolder(directory, async (temporary) => {
    await git(["init", "--bare", "--quiet", "--template=", "--object-format=sha1", "--", temporary], { cwd: "/" });
    await mkdir(path.join(temporary, "info"), { recursive: true });
    // Bytes as they are, whatever the repository's attributes and the user's settings say.
    await writeFile(path.join(temporary, "info", "attributes"), "* -text -filter -ident -working-tree-encoding\n");
    await mkdir(path.join(temporary, "tips"));
  });
}

/** A damaged pack is fetched again by git itself; without one of these it does not take the folder for a repository. */
async function isGitDirectory(directory: string): Promise<boolean> {
  const sizes = await Promise.all(
    ["HEAD", "config", "objects", "refs", "tips"].map(async (name) => {
      return (await stat(path.join(directory, name)).catch(() => undefined))?.size ?? 0;
    }),
  );
  return sizes.every((size) => size > 0);
}

/** Whether nothing was fetched into it yet. */
export async function isEmpty(mirror: Mirror): Promise<boolean> {
  return (await readdir(path.join(mirror.directory, "tips"))).length === 0;
}

/** A call of git that only reads the mirror. */
export function reading(mirror: { directory: string }, signal?: AbortSignal): GitCall {
  return { cwd: mirror.directory, environment: { GIT_DIR: mirror.directory }, signal };
}

/** The commit that an id stands for (its own, or that of a tag), undefined when the mirror does not have it. */
export async function commitIn(mirror: Mirror, id: string, signal?: AbortSignal): Promise<string | undefined> {
  const input = `${id}^{commit}\n`;
  const output = await git(["cat-file", "--batch-check"], { ...reading(mirror, signal), input });
  return /^([0-9a-f]{40}) commit /.exec(output.toString())?.[1];
}

/** Only one process fetches from a repository at a time: the next one then often has what it wants. */
export function withMirrorLock<T>(
  mirror: Mirror,
  action: (waited: boolean) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return withLock(`${mirror.directory}.lock`, action, { signal });
}
