import { createHash } from "node:crypto";
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { codeOf } from "../errors.ts";
import { isRunning } from "../tools/is-running.ts";
import { processInfo } from "../tools/process-info.ts";

const POLL_MS = 40;
const UNREADABLE_FOR_MS = 5_000;

/**
 * Runs `action` while no other process runs one with the same `file`, so that work is not done twice. It spares work and
 * guards nothing: what is done under it must be safe by itself, since after `waitMs` the action runs without the lock. A
 * lock whose process is gone (killed, or the machine restarted) is taken over at once.
 *
 * @param action Told whether it had to wait: then the other one may have done the work.
 */
export async function withLock<T>(
  file: string,
  action: (waited: boolean) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { mine, waited } = await acquire(file, options);
  try {
    return await action(waited);
  } finally {
    if (mine) await rm(file, { force: true });
  }
}

/** How to wait for a lock. */
export interface LockOptions {
  /** How long to wait for the other process, in milliseconds. @default 600000 */
  readonly waitMs?: number;
  /** Told once, when there is another one to wait for. */
  readonly onWait?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A name for a lock or a temporary file: unique, and of a fixed length whatever it stands for. */
export function shortHash(text: string, length = 16): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}

async function acquire(file: string, options: LockOptions): Promise<{ mine: boolean; waited: boolean }> {
  const { waitMs = 600_000, onWait, signal } = options;
  const deadline = performance.now() + waitMs;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const owner = `${process.pid} ${await startOf(process.pid)}`;
  for (let waited = false; ; ) {
    signal?.throwIfAborted();
    if (await create(file, owner)) return { mine: true, waited };
    if (await isAbandoned(file)) {
      await rm(file, { force: true });
      continue;
    }
    if (performance.now() > deadline) return { mine: false, waited };
    if (!waited) onWait?.();
    waited = true;
    await delay(POLL_MS, undefined, { signal });
  }
}

async function create(file: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(owner);
    await handle.close();
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  try {
    const [pid, start] = (await readFile(file, "utf8")).split(" ");
    if (pid && start) return !isRunning(Number(pid)) || (await startOf(Number(pid))) !== start;
    // Made but not written yet, or its process was killed in between; the clock may have been set back since.
    return Math.abs(Date.now() - (await stat(file)).mtimeMs) > UNREADABLE_FOR_MS;
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return true;
    throw thrown;
  }
}

/** When a process started, so that a new process with an old one's number is told from it; `-` where nothing tells. */
async function startOf(pid: number): Promise<string> {
  return processInfo(pid).then(
    ({ started }) => started || "-",
    () => "-",
  );
}
