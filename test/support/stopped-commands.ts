import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { eventually } from "../../providers/conduit/local/wait.ts";

/**
 * Runs a process and kills it at one of its calls of a command: before the first call (0), or in the midst of what a call
 * prints, or after it where it prints little.
 *
 * @param options.folder A folder for the stand-in of the command.
 * @param options.command The command's own path.
 * @param options.at The number of the call, from 1; 0 for before all.
 * @param options.args The process: what Node runs. Given the stand-in that it has to call instead of the command.
 * @returns False when it made fewer calls, and came to its end.
 */
export async function killAtCall(options: {
  readonly folder: string;
  readonly command: string;
  readonly at: number;
  readonly args: (standIn: string) => readonly string[];
}): Promise<boolean> {
  const { folder, command, at, args } = options;
  const standIn = path.join(folder, "bin", path.basename(command));
  const calls = path.join(folder, "calls");
  mkdirSync(path.dirname(standIn), { recursive: true });
  rmSync(calls, { recursive: true, force: true });
  mkdirSync(calls);
  writeFileSync(standIn, scriptOf(command, calls, at), { mode: 0o755 });
  const child = spawn(process.execPath, ["--import", "tsx", ...args(standIn)], {
    env: { ...process.env, PATH: `${path.dirname(standIn)}:${process.env.PATH}` },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  await eventually(async () => existsSync(path.join(calls, "stopped")) || hasEnded(child), { seconds: 60 });
  child.kill("SIGKILL");
  const how = await ended;
  if (how !== 0 && how !== "SIGKILL") throw new Error(`The process ended by itself: ${how}.`);
  return how === "SIGKILL";
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Calls may come at the same time, so each takes a number by making a folder. Waits for the end of its parent. */
function scriptOf(command: string, calls: string, at: number): string {
  return `#!/bin/sh
stop() {
  : >'${calls}/stopped'
  while kill -0 "$PPID" 2>/dev/null; do sleep 0.05; done
  exit 1
}
call=1
until mkdir "${calls}/$call" 2>/dev/null; do call=$((call + 1)); done
if [ ${at} -eq 0 ]; then stop; fi
if [ "$call" -eq ${at} ]; then '${command}' "$@" | { head -c 300000; stop; }; fi
exec '${command}' "$@"
`;
}
