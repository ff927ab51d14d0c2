import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";

const goFolder = fileURLToPath(new URL("go", import.meta.url));
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const reportMilliseconds = 10_000;
const shownLines = 15;

interface Part {
  name: string;
  /** Below `tools/go`: the Go module that pins it. */
  folder: string;
  /** The Pulumi module that holds it, and the package in that. */
  module: string;
  main: string;
}

const languageHost: Part = {
  name: "pulumi-language-nodejs",
  folder: "language-nodejs",
  module: "github.com/pulumi/pulumi/sdk/v3",
  main: "nodejs/cmd/pulumi-language-nodejs",
};

const cli: Part = { name: "pulumi", folder: "pulumi", module: "github.com/pulumi/pulumi/pkg/v3", main: "cmd/pulumi" };

/**
 * The last language host that can be had as a Go module takes its options from the command line, where the CLI no longer
 * gives them. So it is started with those that every `Pulumi.yaml` of this project has.
 */
const languageHostScript = `#!/bin/sh
exec "$(dirname -- "$0")/../libexec/pulumi-language-nodejs" -typescript=false -nodeargs="--import tsx" "$@"
`;

/** Without a C compiler, and without what the user's own Go settings or a `go.work` above would change. */
const goEnvironment = { CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", GOWORK: "off" };

/** A key of what the pinned modules and this platform decide. The Go version is left out: a new Go is no reason to rebuild. */
export function goBuildKey(): string {
  const hash = createHash("sha256").update(
    JSON.stringify([process.platform, process.arch, goEnvironment, languageHostScript]),
  );
  for (const { folder } of [languageHost, cli]) {
    for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(path.join(goFolder, folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** The version of the Pulumi CLI that `tools/go/pulumi/go.mod` pins, such as `v3.250.0`. */
export function pinnedPulumi(): string {
  return wordAfter(cli.module, cli.folder);
}

/** The oldest Go that builds the pinned modules, such as `1.25.11`. */
export function oldestGo(): string {
  return wordAfter("go", cli.folder);
}

function wordAfter(word: string, folder: string): string {
  const lines = readFileSync(path.join(goFolder, folder, "go.mod"), "utf8").split("\n");
  const found = lines.map((line) => line.trim().split(" ")).find(([first]) => first === word)?.[1];
  if (found === undefined) throw new Error(`\`tools/go/${folder}/go.mod\` has no line that begins with \`${word}\`.`);
  return found;
}

/**
 * Builds the Pulumi CLI and its Node language host with Go into `directory/bin`: about 4 minutes on 2 cores. What was
 * compiled is kept by Go's own build cache, so a build that was stopped goes on where it was.
 *
 * @throws Error with the last lines of Go's output
 */
export async function buildPulumi(go: string, directory: string, onProgress: (line: string) => void): Promise<void> {
  onProgress(
    `No Pulumi CLI can be downloaded here, so version ${pinnedPulumi().slice(1)} is built from its source with Go. ` +
      "About 1,400 packages are compiled, which takes several minutes; this is done once, and the result is kept.",
  );
  const [bin, libexec] = [path.join(directory, "bin"), path.join(directory, "libexec")];
  await Promise.all([mkdir(bin), mkdir(libexec)]);
  await writeFile(path.join(bin, languageHost.name), languageHostScript, { mode: 0o755 });
  const started = Date.now();
  const output: string[] = [];
  const report = () => onProgress(progressLine(Date.now() - started, output));
  const timer = setInterval(report, reportMilliseconds);
  try {
    await compile(go, languageHost, libexec, output);
    await compile(go, cli, bin, output);
  } finally {
    clearInterval(timer);
  }
}

async function compile(go: string, { name, folder, module, main }: Part, to: string, output: string[]): Promise<void> {
  const linking = `-s -w -X ${versionVariable}=${wordAfter(module, folder)}`;
  const flags = ["-v", "-mod=readonly", "-trimpath", "-ldflags", linking];
  const child = spawn(go, ["build", ...flags, "-o", path.join(to, name), `${module}/${main}`], {
    cwd: path.join(goFolder, folder),
    env: { ...process.env, ...goEnvironment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  createInterface(child.stderr).on("line", (line) => output.push(line));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`\`go build\` of \`${name}\` failed:\n${output.slice(-shownLines).join("\n")}`);
}

/** One line such as `Building the Pulumi CLI: 1 min 20 s, 412 packages compiled.`, out of what `go build -v` printed so far. */
export function progressLine(milliseconds: number, output: readonly string[]): string {
  const downloads = output.filter((line) => line.startsWith("go: downloading")).length;
  const compiled = output.length - downloads;
  const seconds = Math.round(milliseconds / 1000);
  const elapsed = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const done = compiled > 0 ? `${compiled} packages compiled` : `${downloads} modules downloaded`;
  return `Building the Pulumi CLI: ${elapsed}, ${done}.`;
}
