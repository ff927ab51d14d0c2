import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { removeLeftovers } from "./cache-place.ts";
import type { GitCall } from "./git.ts";
import { shortHash } from "./lock.ts";
import type { Mirror } from "./mirror.ts";

/**
 * Runs `action` with a throwaway git directory over the mirror's objects. It knows what was fetched before, so that the
 * server sends only what is new.
 */
export async function withIncoming<T>(mirror: Mirror, action: (incoming: Incoming) => Promise<T>): Promise<T> {
  const directory = path.join(mirror.directory, "incoming", `${randomUUID()}.tmp`);
  await fill(mirror, directory);
  try {
    const objects = path.join(mirror.directory, "objects");
    return await action({
      directory,
      call: { cwd: directory, environment: { GIT_DIR: directory, GIT_OBJECT_DIRECTORY: objects } },
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A throwaway git directory. */
export interface Incoming {
  readonly directory: string;
  /** How git runs in it. */
  readonly call: GitCall & { readonly environment: Readonly<Record<string, string>> };
}

/** Where a fetch puts what it fetched. */
export const FETCHED = "refs/fetched/it";

/**
 * Keeps what was fetched for later fetches to build on, and gives its id.
 *
 * @param wanted The full name of a ref, or 40 hex; of these only the last is kept.
 */
export async function rememberTip(mirror: Mirror, incoming: Incoming, wanted: string): Promise<string> {
  const id = (await readFile(path.join(incoming.directory, ...FETCHED.split("/")), "utf8")).trim();
  const name = shortHash(/^[0-9a-f]{40}$/.test(wanted) ? "a commit" : wanted);
  const file = path.join(mirror.directory, "tips", name);
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, id);
  await rename(temporary, file);
  return id;
}

async function fill(mirror: Mirror, directory: string): Promise<void> {
  await removeLeftovers(path.dirname(directory));
  await removeLeftovers(path.join(mirror.directory, "objects", "pack"));
  await mkdir(path.join(directory, "refs"), { recursive: true });
  const tips = await readTips(mirror);
  const refs = tips.map(({ name, id }) => `${id} refs/tips/${name}\n`);
  await Promise.all([
    writeFile(path.join(directory, "HEAD"), "ref: refs/heads/none\n"),
    writeFile(path.join(directory, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"),
    writeFile(path.join(directory, "packed-refs"), `# pack-refs with: sorted \n${refs.join("")}`),
  ]);
}

async function readTips(mirror: Mirror): Promise<{ name: string; id: string }[]> {
  const directory = path.join(mirror.directory, "tips");
  const names = (await readdir(directory)).filter((name) => /^[0-9a-f]{16}$/.test(name)).toSorted();
  const read = async (name: string) => ({ name, id: (await readFile(path.join(directory, name), "utf8")).trim() });
  return (await Promise.all(names.map(read))).filter(({ id }) => /^[0-9a-f]{40}$/.test(id));
}
