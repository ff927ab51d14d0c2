import { execFile } from "node:child_process";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { codeOf, UserError } from "../../errors.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { commandName } from "../../tools/command-name.ts";
import { isAtLeast, parseVersion, type Version } from "../../tools/executables.ts";
import { supervisordPath, temporalCliPath, uvPath } from "../../tools/python-tools.ts";
import { findPulumi } from "../../tools/toolchain.ts";
import type { Finding } from "../json/others.ts";
import { check } from "./check.ts";

/** The least that a few environments take: a full disk fails in the middle of an installation. */
const leastFree = 1024 ** 3;

/** What this machine has to have. Nothing is installed. */
export async function examineMachine(): Promise<Finding[]> {
  const onlyFind = { onlyFind: true };
  return Promise.all([
    check("Node.js", () => versionAtLeast(process.versions.node, [20, 19, 0], nodeAdvice)),
    check("git", () => versionOf("git", [2, 25, 0], "Install git, such as with `apt install git`.")),
    check("Python", () =>
      versionOf("python3", [3, 10, 0], "Install Python 3.10 or later, such as with `apt install python3-venv`."),
    ),
    check("Pulumi", findPulumiCli),
    check("uv", () => uvPath(onlyFind)),
    check("supervisord", () => supervisordPath(onlyFind)),
    check("Temporal's CLI", () => temporalCliPath(onlyFind)),
    check("cache", () => examineCache(cacheDirectory())),
  ]);
}

const nodeAdvice = "Install Node.js 22 or later from https://nodejs.org.";

/** Exported for tests. */
export function versionAtLeast(said: string, least: Version, advice: string): string {
  const parsed = parseVersion(said);
  if (parsed && isAtLeast(parsed, least)) return said;
  throw new UserError(`It says \`${said}\`, but ${least.join(".")} or later is needed. ${advice}`);
}

async function versionOf(command: string, least: Version, advice: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ["--version"]).catch(() => {
    throw new UserError(`It is not on the PATH. ${advice}`);
  });
  return versionAtLeast(stdout.trim(), least, advice);
}

async function findPulumiCli(): Promise<string> {
  const problems: string[] = [];
  const found = await findPulumi(problems);
  if (found) return `${found.version} in ${found.bin}`;
  const advice = `\`${commandName} up\` installs it; or install it as https://www.pulumi.com/docs/install says.`;
  throw new UserError(["It is not there.", ...problems, advice].join(" "));
}

async function examineCache(folder: string): Promise<string> {
  const advice = "Make it writable, or set `CONDUIT_CACHE` to another folder.";
  const file = path.join(folder, `doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(file, "");
    await rm(file);
  } catch (thrown) {
    throw new UserError(`\`${folder}\` cannot be written (${codeOf(thrown) ?? thrown}). ${advice}`);
  }
  const { bavail, bsize } = await statfs(folder);
  const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
  if (bavail * bsize >= leastFree) return `${folder}, ${free}`;
  throw new UserError(
    `\`${folder}\` has only ${free}. Free some space, or set \`CONDUIT_CACHE\` to a folder elsewhere; the cache itself may be ` +
      "removed whenever nothing runs.",
  );
}
