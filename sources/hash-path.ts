import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

/** What builds leave in a package's folder. */
const MADE_BY_BUILDS = /^(__pycache__|.*\.egg-info|.*\.pyc)$/;
const MADE_AT_TOP = /^(build|dist)$/;

/** Stands for a file, or for a folder with all that is in it but what builds leave there. SHA-256, hex. */
export async function hashOfPath(file: string, top = true): Promise<string> {
  const status = await lstat(file);
  if (status.isSymbolicLink()) return hashOf(`link ${await readlink(file)}`);
  if (!status.isDirectory()) return await hashOfFile(file);
  const names = (await readdir(file))
    .filter((name) => !MADE_BY_BUILDS.test(name) && !(top && MADE_AT_TOP.test(name)))
    .toSorted();
  const hashes: [string, string][] = [];
  for (const name of names) hashes.push([name, await hashOfPath(path.join(file, name), false)]);
  return hashOf(JSON.stringify(hashes));
}

async function hashOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
