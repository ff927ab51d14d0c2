import { randomUUID } from "node:crypto";
import { copyFile, lstat, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { codeOf, UserError } from "../errors.ts";
import { removeLeftovers } from "./cache-place.ts";
import { type GitCall, GitFailure, git } from "./git.ts";
import { shortHash } from "./lock.ts";
import { ensureGitDirectory } from "./mirror.ts";
import { readText } from "./text-file.ts";
import type { SourceOptions } from "./types.ts";
import type { WorkTree } from "./work-tree.ts";

/** A folder of this machine as git objects. */
export interface Snapshot {
  /** The git directory in the cache that holds the objects. */
  readonly directory: string;
  /** The id of the folder's tree. */
  readonly tree: string;
  /** From the repository's top to the folder, `.` when they are the same. */
  readonly prefix: string;
}

/** What is never part of an algorithm, unless its repository tracks it. */
const BUILT_IN_EXCLUDES = `__pycache__/
*.pyc
*.egg-info/
.venv/
venv/
node_modules/
.conduit/
.env
.DS_Store
.ipynb_checkpoints/
.mypy_cache/
.nox/
.pytest_cache/
.ruff_cache/
.tox/
`;

/**
 * Writes a folder as a tree into a git directory in the cache: what its repository tracks, and new files that are not
 * ignored. The index is kept there between runs, so that only changed files are read again.
 *
 * @throws UserError for an empty folder, GitFailure for files that cannot be read.
 */
export async function snapshotOf(place: string, workTree: WorkTree, options: SourceOptions): Promise<Snapshot> {
  const { top, prefix, gitDirectory } = workTree;
  const directory = path.join(options.cache, "mirrors", `folder-${shortHash(JSON.stringify([place, top]))}.git`);
  await ensureGitDirectory(directory);
  await writeExcludes(directory, gitDirectory);
  const index = path.join(directory, `index.${randomUUID()}.tmp`);
  const call: GitCall = {
    cwd: top,
    environment: { GIT_DIR: directory, GIT_WORK_TREE: top, GIT_INDEX_FILE: index },
    timeoutMs: 10 * 60_000,
    signal: options.signal,
  };
  try {
    // A copy of the index for each run: runs at the same time do not meet, and a killed one leaves no lock.
    await copyIndex(path.join(directory, "index"), index);
    await addFolder(call, workTree, path.join(directory, "info", "exclude"));
    const tree = await writeTree(call, place, prefix);
    await rename(index, path.join(directory, "index"));
    return { directory, tree, prefix };
  } catch (thrown) {
    // Inside a folder that its repository ignores, it stands for itself.
    const ignored = thrown instanceof GitFailure && /ignored by one of your \.gitignore/.test(thrown.stderr);
    if (!ignored || gitDirectory === undefined) throw thrown;
    return await snapshotOf(place, { top: place, prefix: ".", gitDirectory: undefined }, options);
  } finally {
    await rm(index, { force: true });
    await removeLeftovers(directory);
  }
}

async function addFolder(call: GitCall, { top, prefix, gitDirectory }: WorkTree, excludes: string): Promise<void> {
  const own = { cwd: top, signal: call.signal };
  const [tracked] = await Promise.all([
    gitDirectory === undefined ? Promise.resolve<string[]>([]) : ignoredFiles(own, prefix, excludes),
    git(["add", "--all", "--", prefix], call),
  ]);
  const ours = await ignoredFiles(call, prefix, excludes);
  const unwanted = ours.filter((file) => !tracked.includes(file));
  if (unwanted.length > 0)
    await git(["update-index", "--force-remove", "-z", "--stdin"], { ...call, input: nulEnded(unwanted) });
  // Files that are ignored but tracked are part of the algorithm all the same.
  const there = await Promise.all(tracked.map((file) => lstat(path.join(top, file)).catch(() => undefined)));
  const wanted = tracked.filter((file, index) => there[index] !== undefined && !ours.includes(file));
  if (wanted.length > 0) await git(["update-index", "--add", "-z", "--stdin"], { ...call, input: nulEnded(wanted) });
}

/** Files in an index that the ignore files name. */
async function ignoredFiles(call: GitCall, prefix: string, excludes: string): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--ignored", "--exclude-standard", `--exclude-from=${excludes}`];
  const output = await git([...args, "--", prefix], call);
  return output
    .toString()
    .split("\0")
    .filter((file) => file !== "");
}

async function writeTree(call: GitCall, place: string, prefix: string): Promise<string> {
  try {
    const args = prefix === "." ? [] : [`--prefix=${prefix}/`];
    return (await git(["write-tree", ...args], call)).toString().trim();
  } catch (thrown) {
    if (!(thrown instanceof GitFailure) || !/prefix .* not found/.test(thrown.stderr)) throw thrown;
    throw new UserError(`The folder \`${place}\` holds no files that git does not ignore. Add the algorithm to it.`);
  }
}

/**
 * Copies an index with its time, rounded down: git reads a file again when it changed at or after the index's time, so
 * a later time would hide edits.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    const seconds = Math.floor(mtimeMs / 1000);
    await utimes(to, seconds, seconds);
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT") throw thrown; // the first run
  }
}

async function writeExcludes(directory: string, gitDirectory: string | undefined): Promise<void> {
  const own = gitDirectory === undefined ? "" : ((await readText(path.join(gitDirectory, "info", "exclude"))) ?? "");
  const file = path.join(directory, "info", "exclude");
  const wanted = `${BUILT_IN_EXCLUDES}${own}`;
  if ((await readText(file)) === wanted) return;
  const temporary = `${file}.${randomUUID()}.tmp`;
  await writeFile(temporary, wanted);
  await rename(temporary, file);
}

function nulEnded(names: readonly string[]): string {
  return names.map((name) => `${name}\0`).join("");
}
