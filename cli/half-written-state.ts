import { copyFile, readFile, rename } from "node:fs/promises";

/**
 * Puts the copy that Pulumi's file backend keeps of a stack's state back where a run was killed while it wrote it: it writes
 * in place, and what is cut off cannot be read. What the run did last is found again by the next one.
 *
 * @param file The state of a stack (`<stack>.json`), which no run is writing now.
 */
export async function restoreHalfWritten(file: string): Promise<void> {
  const copy = `${file}.bak`;
  if ((await isWhole(file)) !== false || (await isWhole(copy)) !== true) return;
  await copyFile(copy, `${file}.restored`);
  await rename(`${file}.restored`, file);
}

/** Whether a file holds JSON; undefined when it is not there. */
async function isWhole(file: string): Promise<boolean | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
