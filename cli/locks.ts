import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { z } from "zod";
import { isRunning } from "../tools/is-running.ts";

/** What Pulumi's file backend writes into a lock (pkg/backend/diy/lock.go). */
const lockSchema = z.looseObject({ pid: z.number(), hostname: z.string() });

/**
 * Removes the locks of runs on this machine whose process is gone: a run that was killed leaves its lock, which Pulumi
 * itself never takes over.
 *
 * @param state The folder of our own file backend.
 */
export async function releaseDeadLocks(state: string): Promise<void> {
  const folder = path.join(state, ".pulumi", "locks");
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  for (const file of files.filter((name) => name.endsWith(".json"))) {
    const lock = await readLock(path.join(folder, file));
    if (lock && lock.hostname === hostname() && !isRunning(lock.pid))
      await rm(path.join(folder, file), { force: true });
  }
}

async function readLock(file: string): Promise<z.infer<typeof lockSchema> | undefined> {
  try {
    return lockSchema.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
  } catch {
    return undefined; // It was released meanwhile.
  }
}
