import { realpathSync } from "node:fs";
import path from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd.js";
import { messageOf, UserError } from "../errors.ts";
import { buildPulumi, goBuildKey, oldestGo, pinnedPulumi } from "./build-pulumi.ts";
import { cacheDirectory } from "./cache.ts";
import { askVersion, findExecutable, isAtLeast, isExecutable, parseVersion, type Version } from "./executables.ts";
import { installOnce } from "./install-once.ts";
import { canReachVendor, installPulumi, vendorVersion } from "./install-pulumi.ts";

/** Where a Pulumi CLI was found. */
export interface PulumiInstallation {
  /** The folder that holds `pulumi`. Absolute. */
  bin: string;
  /** The CLI's version, such as `3.246.0`. */
  version: string;
  /** What runs it: `pulumi` when it is on the PATH, else its absolute path. */
  executable: string;
  /** What the CLI's own processes need: a `PATH` on which `pulumi` and its language host are found. */
  environment: { PATH: string };
}

/** A Pulumi CLI with its Node language host, ready to run. */
export interface PulumiToolchain extends PulumiInstallation {
  /** For the Automation API's `pulumiCommand`. */
  command: PulumiCommand;
}

export interface ToolchainOptions {
  /** Told one line at a time what takes long; never called when everything is there. */
  onProgress: (line: string) => void;
}

/**
 * The oldest Pulumi CLI on the PATH that serves. `PULUMI_CONTINUE_ON_ERROR` came with 3.122, and before 3.138 a resource
 * behind a failed create could be written into the state without it. From there to 3.200 is margin: a CLI much older than
 * the SDK is a pair that nobody runs, and a newer one is installed beside it.
 */
export const minimumPulumi: Version = [3, 200, 0];

const languageHost = "pulumi-language-nodejs";

/**
 * The Pulumi CLI and its Node language host: those on the PATH, else those of the cache, else installed into the cache by
 * the SDK's own installer, else built there from pinned Go modules.
 *
 * @throws UserError when none of that works; it says why, and how to install the CLI
 */
export async function ensurePulumi({ onProgress }: ToolchainOptions): Promise<PulumiToolchain> {
  const problems: string[] = [];
  const installation = (await findPulumi(problems)) ?? (await obtainPulumi(problems, onProgress));
  return { ...installation, command: await pulumiCommand(installation) };
}

/**
 * The Pulumi CLI that is there already, or undefined; nothing is installed.
 *
 * @param problems Receives why a `pulumi` on the PATH does not serve.
 */
export async function findPulumi(problems: string[] = []): Promise<PulumiInstallation | undefined> {
  const onPath = findExecutable("pulumi");
  if (onPath !== undefined) {
    const answer = await askVersion(onPath, ["version"]);
    const problem = problemWith(onPath, answer);
    // The PATH stays as it is: its folder may hold another Node than the one that comes first.
    if (problem === undefined) return { ...(await installationIn(path.dirname(onPath), answer)), ...asOnPath() };
    problems.push(problem);
  }
  const directory = Object.values(cacheTargets()).find(isWhole);
  return directory === undefined ? undefined : await installationIn(path.join(directory, "bin"));
}

/**
 * Why the `pulumi` at a path does not serve, or undefined when it does.
 *
 * @param answer What `pulumi version` printed; undefined when it failed.
 */
export function problemWith(pulumi: string, answer: string | undefined): string | undefined {
  const version = parseVersion(answer ?? "");
  if (version === undefined) return `\`${pulumi} version\` gives no version. Repair or remove it.`;
  if (!isAtLeast(version, minimumPulumi)) {
    return `\`${pulumi}\` is version ${version.join(".")}, but ${minimumPulumi.join(".")} or later is needed. Update it.`;
  }
  const beside = path.join(path.dirname(realpathSync(pulumi)), languageHost);
  if (isExecutable(beside) || findExecutable(languageHost) !== undefined) return undefined;
  return `\`${pulumi}\` has no \`${languageHost}\` beside it or on the PATH. Install the whole distribution.`;
}

/** What a user is told when there is no Pulumi CLI and none can be had. */
export function missingPulumi(problems: readonly string[]): UserError {
  const what =
    "The Pulumi CLI is missing and cannot be installed automatically. Install it as https://www.pulumi.com/docs/install/ " +
    `says, with \`pulumi\` on the PATH, or install Go ${oldestGo()} or later to have it built, and run this again.`;
  return new UserError(what, problems);
}

async function obtainPulumi(problems: string[], onProgress: (line: string) => void): Promise<PulumiInstallation> {
  const obtain = async (directory: string, make: (temporary: string) => Promise<void>) => {
    const onWait = () => onProgress("Another process is installing the Pulumi CLI; waiting for it.");
    try {
      await installOnce({ directory, isComplete: () => isWhole(directory), make, onWait });
      return await installationIn(path.join(directory, "bin"));
    } catch (thrown) {
      problems.push(messageOf(thrown));
      return undefined;
    }
  };
  const { vendor, built } = cacheTargets();
  const installed = (await canReachVendor(problems))
    ? await obtain(vendor, (to) => installPulumi(to, onProgress))
    : undefined;
  if (installed !== undefined) return installed;
  const go = findExecutable("go");
  if (go === undefined) problems.push("`go` is not on the PATH, so the CLI cannot be built from its source either.");
  const compiled = go === undefined ? undefined : await obtain(built, (to) => buildPulumi(go, to, onProgress));
  if (compiled === undefined) throw missingPulumi(problems);
  return compiled;
}

function cacheTargets(): { vendor: string; built: string } {
  const toolchain = path.join(cacheDirectory(), "toolchain");
  return {
    vendor: path.join(toolchain, `pulumi-${vendorVersion}-${process.platform}-${process.arch}`),
    built: path.join(toolchain, `pulumi-${pinnedPulumi()}-${goBuildKey()}`),
  };
}

function isWhole(directory: string): boolean {
  return ["pulumi", languageHost].every((name) => isExecutable(path.join(directory, "bin", name)));
}

async function installationIn(bin: string, known?: string): Promise<PulumiInstallation> {
  const executable = path.join(bin, "pulumi");
  const version = parseVersion(known ?? (await askVersion(executable, ["version"])) ?? "");
  if (version === undefined) {
    throw new UserError(
      `\`${executable} version\` gives no version. Remove \`${path.dirname(bin)}\` and run this again.`,
    );
  }
  const environment = { PATH: [bin, searchPath()].join(path.delimiter) };
  return { bin, version: version.join("."), executable, environment };
}

function asOnPath(): Pick<PulumiInstallation, "executable" | "environment"> {
  return { executable: "pulumi", environment: { PATH: searchPath() } };
}

function searchPath(): string {
  return process.env.PATH ?? "";
}

/** The SDK's own object for a CLI whose version is known: `PulumiCommand.get` would run the CLI to ask it again. */
async function pulumiCommand({ executable, version }: PulumiInstallation): Promise<PulumiCommand> {
  const [{ PulumiCommand }, { SemVer }] = await Promise.all([
    import("@pulumi/pulumi/automation/cmd.js"),
    import("semver"),
  ]);
  return Reflect.construct(PulumiCommand, [executable, new SemVer(version)]);
}
