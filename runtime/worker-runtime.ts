import { createHash } from "node:crypto";
import { cp, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { exists, inTemporaryFolder } from "../sources/cache-place.ts";

/** The Python project of the worker, in this package. */
const project = fileURLToPath(new URL("python", import.meta.url));

/** The worker's own dependencies, pinned; an algorithm's environment is resolved jointly with them. */
export const runtimeRequirements = path.join(project, "requirements.txt");

/** A digest over the worker's sources and pins: part of every version's recipe. 16 hex characters. */
export async function runtimeDigest(): Promise<string> {
  const files = await sourceFiles();
  const digest = createHash("sha256");
  for (const file of [...files.map((name) => path.join("src", name)), "requirements.txt"]) {
    digest
      .update(`${file}\0`)
      .update(await readFile(path.join(project, file)))
      .update("\0");
  }
  return digest.digest("hex").slice(0, 16);
}

/**
 * Copies the worker's sources into the cache, under their digest, so that an upgrade of this package never changes the code
 * below a running worker.
 *
 * @returns The folder to put on PYTHONPATH.
 */
export async function installRuntime(cache: string, digest: string): Promise<string> {
  const target = path.join(cache, "runtimes", digest);
  if (await exists(target)) return target;
  await inTemporaryFolder(target, async (temporary) => {
    for (const file of await sourceFiles()) {
      await cp(path.join(project, "src", file), path.join(temporary, file), { recursive: true });
    }
  });
  return target;
}

/** The worker's sources by their path, `src/…`. */
export async function runtimeFiles(): Promise<[string, Buffer][]> {
  const names = (await sourceFiles()).map((name) => path.posix.join("src", ...name.split(path.sep)));
  return Promise.all(names.map(async (name) => [name, await readFile(path.join(project, name))]));
}

/** Paths below `src`, sorted, without what Python leaves behind. */
async function sourceFiles(): Promise<string[]> {
  const entries = await readdir(path.join(project, "src"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".pyc"))
    .map((entry) => path.relative(path.join(project, "src"), path.join(entry.parentPath, entry.name)))
    .sort();
}
