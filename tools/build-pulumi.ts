import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { goBuild, goEnvironment, tellingProgress } from "./go-build.ts";

const goFolder = fileURLToPath(new URL("go", import.meta.url));
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

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

/** The version of the Pulumi CLI that `tools/go/pulumi/go.mod` pins, such as `v3.246.0`. */
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
  await tellingProgress("the Pulumi CLI", onProgress, async (onLine) => {
    await compile(go, languageHost, libexec, onLine);
    await compile(go, cli, bin, onLine);
  });
}

async function compile(go: string, part: Part, to: string, onLine: (line: string) => void): Promise<void> {
  const { name, folder, module, main } = part;
  const linkerFlags = `-X ${versionVariable}=${wordAfter(module, folder)}`;
  const output = path.join(to, name);
  await goBuild({ go, folder: path.join(goFolder, folder), main: `${module}/${main}`, output, linkerFlags, onLine });
}
