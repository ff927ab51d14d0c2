import { codeOf, messageOf, UserError } from "../errors.ts";
import { cacheDirectory } from "./cache.ts";

/** Whether something failed because a disk or a quota is full: our own writing, or that of git, uv or pip. */
export function isFullDisk(thrown: unknown): boolean {
  if (thrown instanceof UserError) return false;
  const code = codeOf(thrown);
  if (code === "ENOSPC" || code === "EDQUOT") return true;
  return /No space left on device|Disk quota exceeded|\bENOSPC\b|\bEDQUOT\b/i.test(messageOf(thrown));
}

/** What a user is told then, whoever met it. */
export function fullDiskError(): UserError {
  return new UserError(
    `There is no space left on the disk. Free some on that of the cache, \`${cacheDirectory()}\`, or of the project, and run this again.`,
  );
}

/** What was thrown, or one clear sentence where a disk is full. */
export function explainFullDisk(thrown: unknown): unknown {
  return isFullDisk(thrown) ? fullDiskError() : thrown;
}
