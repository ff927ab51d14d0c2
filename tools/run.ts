import { execFile } from "node:child_process";

/** What a command is run with; as in `node:child_process`. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

const mostOutputBytes = 64 * 1024 * 1024;
const shownLines = 15;

/**
 * Runs a command without a shell and gives what it wrote to standard output.
 *
 * @throws Error with the command and the last 15 lines of what it wrote, when it fails
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { ...options, maxBuffer: mostOutputBytes }, (failure, stdout, stderr) => {
      if (failure === null) return resolve(stdout);
      const output = `${stdout}\n${stderr}`.trim() || failure.message;
      const tail = output.split("\n").slice(-shownLines).join("\n");
      reject(new Error(`\`${[command, ...args].join(" ")}\` failed:\n${tail}`));
    });
  });
}
