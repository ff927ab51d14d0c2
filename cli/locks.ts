import { readdir, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { isRunning } from "../tools/is-running.ts";
import { readJson } from "../tools/json-file.ts";
import { processInfo } from "../tools/process-info.ts";
import { restoreHalfWritten } from "./half-written-state.ts";

/** What Pulumi's file backend writes into a lock (pkg/backend/diy/lock.go). */
const lockSchema = z.looseObject({ pid: z.number(), hostname: z.string() });

/** Milliseconds after which a lock that cannot be read is not being written any more. */
const writtenWithin = 5000;

/**
 * Removes the locks of runs on this machine whose process is gone: a run that was killed leaves its lock, or a part of it,
 * which Pulumi itself never takes over; and it may leave a state that is written in part.
 *
 * @param state The folder of our own file backend.
 */
export async function releaseDeadLocks(state: string): Promise<void> {
  const folder = path.join(state, ".pulumi", "locks");
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of files.filter((entry) => entry.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    if (!(await isAbandoned(file))) continue;
    await restoreHalfWritten(stateOf(state, entry.parentPath)); // While the lock still keeps others out.
    await rm(file, { force: true });
    await rm(`${file}.attrs`, { force: true }); // What the backend keeps beside each of its files.
  }
}

/** The state of the stack whose locks are in a folder: `locks/organization/<project>/<stack>` → `stacks/<project>/<stack>.json`. */
function stateOf(state: string, locks: string): string {
  const [project = "", stack = ""] = locks.split(path.sep).slice(-2);
  return path.join(state, ".pulumi", "stacks", project, `${stack}.json`);
}

/** Whether the run that made a lock is known to be gone: its process id may have been given to another program since. */
export async function isDead(lock: { readonly pid: number; readonly hostname: string }): Promise<boolean> {
  if (lock.hostname !== hostname()) return false;
  if (!isRunning(lock.pid)) return true;
  const { command } = await processInfo(lock.pid).catch(() => ({ command: "pulumi" }));
  return !command.includes("pulumi");
}

async function isAbandoned(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    const lock = await readJson(file, lockSchema);
    // The clock may have been set back since.
    return lock ? await isDead(lock) : Math.abs(Date.now() - mtimeMs) > writtenWithin;
  } catch {
    return false; // It was released meanwhile.
  }
}
