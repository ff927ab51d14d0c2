import { readFileSync } from "node:fs";
import { codeOf } from "../errors.ts";

/**
 * Whether a process of this id runs, be it another user's. One that has ended but that its parent has not asked about yet
 * (a zombie) does not: an orphan stays one for as long as the system's first process takes.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    return codeOf(thrown) === "EPERM";
  }
  return !isZombie(pid);
}

/** By the state in `/proc` (proc(5)); false where there is none. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
