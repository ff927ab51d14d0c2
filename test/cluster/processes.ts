import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../../errors.ts";
import { isRunning } from "../../tools/is-running.ts";
import { processInfo } from "../../tools/process-info.ts";

/** A process that was started, told apart from a later one that the system gave the same id. */
export interface StartedProcess {
  readonly pid: number;
  readonly started: string;
}

const endMilliseconds = 10_000;
const pollMilliseconds = 20;
const shownLines = 15;

/**
 * Starts a command that outlives this process; what it prints is added to a file.
 *
 * @throws Error when there is no such program
 */
export async function startProcess(command: readonly string[], folder: string, log: string): Promise<StartedProcess> {
  const [program = "", ...args] = command;
  const output = openSync(log, "a");
  try {
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", output, output] });
    await new Promise((resolve, reject) => child.on("spawn", resolve).on("error", reject));
    child.unref();
    const pid = child.pid ?? 0;
    return { pid, started: (await processInfo(pid)).started };
  } finally {
    closeSync(output);
  }
}

/** The process that runs this. */
export async function thisProcess(): Promise<StartedProcess> {
  return { pid: process.pid, started: (await processInfo(process.pid)).started };
}

/** Whether that very process still runs. */
export async function runs({ pid, started }: StartedProcess): Promise<boolean> {
  if (!isRunning(pid)) return false;
  return await processInfo(pid).then(
    (info) => info.started === started,
    () => false,
  );
}

/** Ends a process at once, without a chance to tidy up, and waits until it is gone; nothing happens when it is gone already. */
export async function killProcess(started: StartedProcess): Promise<void> {
  if (!(await runs(started))) return;
  process.kill(started.pid, "SIGKILL");
  const end = Date.now() + endMilliseconds;
  while ((await runs(started)) || (await hasThreads(started))) {
    if (Date.now() > end) throw new Error(`Process ${started.pid} was killed but is still there after 10 s.`);
    await sleep(pollMilliseconds);
  }
}

/** Ends a process at once, unless it has ended already: one of several may have because another one was killed. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if (codeOf(thrown) !== "ESRCH") throw thrown;
  }
}

/** Whether a killed process still has threads beside its first: its ports are free only when the last one has ended. */
async function hasThreads({ pid, started }: StartedProcess): Promise<boolean> {
  const info = await processInfo(pid).catch(() => undefined);
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  return info?.started === started && threads.length > 1;
}

/** The last lines of a process's log. */
export async function lastLines(log: string): Promise<string> {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-shownLines).join("\n");
}
