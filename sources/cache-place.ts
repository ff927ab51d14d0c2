import { randomUUID } from "node:crypto";
import { access, lstat, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { codeOf } from "../errors.ts";

const LEFTOVER_AGE_MS = 24 * 3600_000;
/** Our own temporary names, and those of git. */
const LEFTOVER = /\.tmp(\.lock)?$|^tmp_/;

/** Fills a temporary sibling of `place` and renames it there. When another process was first, its folder stays. */
export async function inTemporaryFolder(place: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await removeLeftovers(path.dirname(place));
  const temporary = `${place}.${randomUUID()}.tmp`;
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await fill(temporary);
    await rename(temporary, place);
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    if (!["ENOTEMPTY", "EEXIST"].includes(codeOf(thrown) ?? "") || !(await exists(place))) throw thrown;
  }
}

/** Whether there is a file or a folder of this name. */
export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Whether there is a file of this name, or a folder with anything in it: a power cut may leave folders without content. */
export async function isFilled(place: string): Promise<boolean> {
  const entry = await lstat(place).catch(() => undefined);
  return entry?.isDirectory() ? (await readdir(place)).length > 0 : entry !== undefined;
}

/** Killed processes leave their temporary folders; a day later they cannot be in use any more. */
export async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (!LEFTOVER.test(name)) continue;
    const leftover = path.join(directory, name);
    const made = await stat(leftover).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > LEFTOVER_AGE_MS)
      await rm(leftover, { recursive: true, force: true });
  }
}
