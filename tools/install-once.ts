import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "./is-running.ts";

/** What `installOnce` installs, and how. */
export interface Installation {
  /** Where it will be; its name carries the hash of what decides its content. Absolute. */
  directory: string;
  /** Whether `directory` holds a whole and working installation. Cheap: it is asked on every run. */
  isComplete: () => boolean;
  /** Fills an empty folder beside `directory`, which is then renamed: what it writes must bear being moved. */
  make: (temporary: string) => Promise<void>;
  /** Told once when another process is found to be at it. */
  onWait?: () => void;
}

const heartbeatMilliseconds = 1_000;
const staleMilliseconds = 10_000;

/**
 * Makes a content-addressed folder unless it is there. Of several processes one makes it and the others wait. A process
 * that is killed half-way leaves a lock without a heartbeat and a temporary folder: the next one removes both.
 *
 * The lock only saves doing the work twice: the rename alone keeps the folder whole, so that a lock which was taken over
 * too early (from a process that was stopped for a while) does no harm.
 */
export async function installOnce(installation: Installation): Promise<void> {
  const { directory, isComplete } = installation;
  if (isComplete()) return;
  await mkdir(path.dirname(directory), { recursive: true, mode: 0o700 });
  let waiting = false;
  while (!(await takeLock(directory))) {
    if (!waiting) installation.onWait?.();
    waiting = true;
    await sleep(200);
    if (isComplete()) return;
  }
  const heartbeat = setInterval(() => void touch(lockOf(directory)), heartbeatMilliseconds);
  try {
    if (!isComplete()) await makeAndRename(installation);
  } finally {
    clearInterval(heartbeat);
    await rm(lockOf(directory), { force: true });
  }
}

async function makeAndRename({ directory, isComplete, make }: Installation): Promise<void> {
  await removeLeftovers(directory);
  const temporary = `${directory}.${process.pid}.tmp`;
  await mkdir(temporary);
  try {
    await make(temporary);
    await rm(directory, { recursive: true, force: true });
    await rename(temporary, directory);
  } catch (thrown) {
    if (!isComplete()) throw thrown;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  if (!isComplete()) throw new Error(`\`${directory}\` was installed but lacks what it should hold.`);
}

async function removeLeftovers(directory: string): Promise<void> {
  const prefix = `${path.basename(directory)}.`;
  for (const name of await readdir(path.dirname(directory))) {
    if (!name.startsWith(prefix) || !name.endsWith(".tmp") || isRunning(Number(name.split(".").at(-2)))) continue;
    await rm(path.join(path.dirname(directory), name), { recursive: true, force: true });
  }
}

function lockOf(directory: string): string {
  return `${directory}.lock`;
}

async function takeLock(directory: string): Promise<boolean> {
  const lock = lockOf(directory);
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (thrown) {
    if (!isCode(thrown, "EEXIST")) throw thrown;
  }
  if (await isStale(lock)) await rm(lock, { force: true });
  return false;
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(lock, "utf8"), stat(lock)]);
    // The clock may have been set back since the last heartbeat.
    return Math.abs(Date.now() - mtimeMs) > staleMilliseconds || (holder !== "" && !isRunning(Number(holder)));
  } catch (thrown) {
    if (isCode(thrown, "ENOENT")) return false;
    throw thrown;
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}
