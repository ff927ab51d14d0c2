import { spawn } from "node:child_process";
import { familyOf, memoryOf } from "./memory.ts";

/** What a command took. */
export interface TimedRun {
  readonly seconds: number;
  /** Seconds of the CPU, with all its children that have ended. */
  readonly cpu: number;
  /** Most memory at one time, with all its children, in MB. */
  readonly megabytes: number;
}

/** Prints, after the command, what all its children used of the CPU: the last line is theirs (POSIX `times`). */
const timed = '"$0" "$@"; code=$?; times >&2; exit $code';

/** Runs a command to its end and measures it. Throws what it said when it failed. */
export async function timedRun(
  command: string,
  args: readonly string[],
  { cwd, environment = process.env }: { readonly cwd: string; readonly environment?: NodeJS.ProcessEnv },
): Promise<TimedRun> {
  const started = performance.now();
  const child = spawn("sh", ["-c", timed, command, ...args], {
    cwd,
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  let megabytes = 0;
  const sampling = setInterval(() => {
    megabytes = Math.max(megabytes, memoryOf(familyOf(child.pid ?? 0)));
  }, 500);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  clearInterval(sampling);
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`\`${command} ${args.join(" ")}\` failed:\n${Buffer.concat(said)}`);
  const times = Buffer.concat(said).toString().trim().split("\n").at(-1) ?? "";
  const cpu = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest));
  return { seconds, cpu: cpu.reduce((sum, each) => sum + each, 0), megabytes };
}
