import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline/promises";

/** One program to build with Go. */
export interface GoBuild {
  /** The path of `go`. */
  go: string;
  /** The folder of the Go module that pins what is built. Absolute. */
  folder: string;
  /** The main package, by its whole import path. */
  main: string;
  /** Where the program is written. Absolute. */
  output: string;
  /** For `-ldflags`, beside those that leave the debugging symbols out. */
  linkerFlags: string;
  /** Told each line that `go build -v` prints. */
  onLine: (line: string) => void;
}

/** Without a C compiler, and without what the user's own Go settings or a `go.work` above would change. */
export const goEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOWORK: "off" };

const reportMilliseconds = 10_000;
const shownLines = 15;

/**
 * Builds one program.
 *
 * @throws Error with the last lines of Go's output
 */
export async function goBuild({ go, folder, main, output, linkerFlags, onLine }: GoBuild): Promise<void> {
  const flags = ["-v", "-mod=readonly", "-trimpath", "-ldflags", `-s -w ${linkerFlags}`];
  const child = spawn(go, ["build", ...flags, "-o", output, main], {
    cwd: folder,
    env: { ...process.env, ...goEnvironment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  createInterface(child.stderr).on("line", (line) => {
    lines.push(line);
    onLine(line);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code === 0) return;
  throw new Error(`\`go build\` of \`${path.basename(output)}\` failed:\n${lines.slice(-shownLines).join("\n")}`);
}

/** Runs a build and tells every 10 s how far it is, by the lines that it hands on. */
export async function tellingProgress(
  what: string,
  onProgress: (line: string) => void,
  build: (onLine: (line: string) => void) => Promise<void>,
): Promise<void> {
  const started = Date.now();
  const output: string[] = [];
  const timer = setInterval(() => onProgress(progressLine(what, Date.now() - started, output)), reportMilliseconds);
  try {
    await build((line) => output.push(line));
  } finally {
    clearInterval(timer);
  }
}

/** One line such as `Building the Pulumi CLI: 1 min 20 s, 412 packages compiled.`, out of what `go build -v` printed so far. */
export function progressLine(what: string, milliseconds: number, output: readonly string[]): string {
  const downloads = output.filter((line) => line.startsWith("go: downloading")).length;
  const compiled = output.length - downloads;
  const seconds = Math.round(milliseconds / 1000);
  const elapsed = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const done = compiled > 0 ? `${compiled} packages compiled` : `${downloads} modules downloaded`;
  return `Building ${what}: ${elapsed}, ${done}.`;
}
