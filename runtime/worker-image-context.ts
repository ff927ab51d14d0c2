import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readRuntimeRequirements } from "../providers/conduit/local/runtime-requirements.ts";
import { exists, inTemporaryFolder } from "../sources/cache-place.ts";
import { runtimeFiles, runtimeRequirements } from "./worker-runtime.ts";

/** What the worker base image is built from. */
export interface WorkerImageContext {
  /** Stands for the files. 16 hex. */
  readonly digest: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Reads the worker's sources and pins, and what installs them while an image is built. */
export async function readWorkerImageContext(): Promise<WorkerImageContext> {
  const here = (name: string) => readFile(fileURLToPath(new URL(name, import.meta.url)));
  const { firm } = await readRuntimeRequirements(runtimeRequirements);
  const files = new Map<string, Buffer>([
    ["install.sh", await here("image/install.sh")],
    ["uv.txt", await here("../tools/python/uv.txt")],
    ["requirements.txt", await readFile(runtimeRequirements)],
    ["worker.in", Buffer.from(firm.map((line) => `${line}\n`).join(""))],
    ...(await runtimeFiles()),
  ]);
  const digest = createHash("sha256");
  for (const [name, content] of files) digest.update(`${name}\0${content.length}\0`).update(content);
  return { digest: digest.digest("hex").slice(0, 16), files };
}

/**
 * Writes the files to a folder named by their digest, with the same modes on every machine: the builder's plugin hashes
 * both, and another machine has to see no change.
 *
 * @returns The folder.
 */
export async function writeWorkerImageContext({ digest, files }: WorkerImageContext, parent: string): Promise<string> {
  const folder = path.join(parent, digest);
  if (await exists(folder)) return folder;
  await mkdir(parent, { recursive: true });
  await inTemporaryFolder(folder, async (temporary) => {
    for (const [name, content] of files) {
      const file = path.join(temporary, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
      await chmod(file, 0o644);
    }
  });
  return folder;
}
