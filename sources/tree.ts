import { createHash } from "node:crypto";
import path from "node:path";
import { UserError } from "../errors.ts";
import { type GitCall, git } from "./git.ts";
import { listed, nearest, printable } from "./nearest.ts";

/** One entry of a tree: a file, a folder, a symbolic link or a submodule. */
export interface TreeEntry {
  /** From the repository's top, `/` between the parts; `.` is the top itself. */
  readonly path: string;
  /** Git's mode: `040000`, `100644`, `100755`, `120000` or `160000`. */
  readonly mode: string;
  readonly id: string;
}

export const FOLDER_MODE = "040000";
export const LINK_MODE = "120000";
export const SUBMODULE_MODE = "160000";

/** A path inside a repository without `.` and double slashes. @throws UserError when it leaves the repository. */
function normalizedPath(given: string, field: string): string {
  const normal = path.posix.normalize(given).replace(/\/+$/, "") || ".";
  if (given === "" || given.startsWith("/") || given.includes("\0") || normal === ".." || normal.startsWith("../")) {
    throw new UserError(
      `\`${field}\` is \`${printable(given)}\`, which is not inside the repository. Give a path from the repository's top, such as \`algorithms/ranker\`.`,
    );
  }
  return normal;
}

/** Stands for a folder and its includes: the id of the folder's tree, or a hash over all of them. Twelve hex. */
export function treeOf(entries: readonly TreeEntry[]): string {
  const [only, ...more] = entries;
  if (only !== undefined && more.length === 0) return only.id.slice(0, 12);
  return contentKey(entries).slice(0, 12);
}

/** Stands for entries with their places: what a checkout is filed under. 40 hex. */
export function contentKey(entries: readonly TreeEntry[]): string {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify(sorted.map(({ path, mode, id }) => [path, mode, id])))
    .digest("hex")
    .slice(0, 40);
}

/** The entries at the given paths of a commit, those that are there. */
async function entriesAt(call: GitCall, commit: string, paths: readonly string[]): Promise<TreeEntry[]> {
  if (paths.length === 0) return [];
  if (paths.includes(".")) {
    const id = (await git(["rev-parse", "--verify", `${commit}^{tree}`], call)).toString().trim();
    return [{ path: ".", mode: FOLDER_MODE, id }];
  }
  // `-t`: of two paths one inside the other both are listed, and what leads to them, which is not asked for.
  const output = await git(["ls-tree", "-z", "-t", "--full-tree", commit, "--", ...paths], call);
  return parseEntries(output).filter((entry) => paths.includes(entry.path));
}

/** Every file below the given entries. */
export async function filesBelow(call: GitCall, entries: readonly TreeEntry[]): Promise<TreeEntry[]> {
  const lists = entries.map(async (entry) => {
    if (entry.mode !== FOLDER_MODE) return [entry];
    const files = parseEntries(await git(["ls-tree", "-r", "-z", "--full-tree", entry.id], call));
    return entry.path === "." ? files : files.map((file) => ({ ...file, path: `${entry.path}/${file.path}` }));
  });
  return (await Promise.all(lists)).flat();
}

/** Reads `git ls-tree -z`. @throws UserError for a name that is not UTF-8. */
export function parseEntries(output: Buffer): TreeEntry[] {
  return utf8(output)
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [, mode, id, name] = /^(\d{6}) \w+ ([0-9a-f]{40})\t(.*)$/s.exec(line) ?? [];
      if (mode === undefined || id === undefined || name === undefined)
        throw new Error(`git ls-tree printed \`${line}\`.`);
      return { path: name, mode, id };
    });
}

/** What an algorithm is made of at a commit. */
export interface Content {
  /** The folder and its includes, without what another one holds already. */
  readonly entries: readonly TreeEntry[];
  /** The algorithm's folder in one form, `.` for the repository's top. */
  readonly subdir: string;
}

/**
 * Finds a folder and its includes at a commit.
 *
 * @throws UserError when one of them is not there, is a submodule, or `subdir` is a file; near names are offered.
 */
export async function contentOf(
  call: GitCall,
  commit: string,
  subdir: string,
  include: readonly string[],
): Promise<Content> {
  const folder = normalizedPath(subdir, "subdir");
  const paths = [...new Set([folder, ...include.map((one) => normalizedPath(one, "include"))])].toSorted();
  const isHeld = (one: string) =>
    paths.some((other) => other !== one && (other === "." || one.startsWith(`${other}/`)));
  const [entries, held] = await Promise.all([
    entriesAt(
      call,
      commit,
      paths.filter((one) => !isHeld(one)),
    ),
    entriesAt(call, commit, paths.filter(isHeld)),
  ]);
  const found = new Map([...entries, ...held].map((entry) => [entry.path, entry.mode]));
  const submodules = [...found].filter(([, mode]) => mode === SUBMODULE_MODE).map(([name]) => name);
  if (submodules.length > 0) throw submoduleError(submodules);
  for (const one of paths.filter((name) => !found.has(name)))
    throw await missingPath(call, commit, one, one === folder ? "subdir" : "include");
  if (found.get(folder) !== FOLDER_MODE) {
    throw new UserError(
      `\`subdir\` is \`${printable(subdir)}\`, which is no folder. Give the folder that holds the algorithm.`,
    );
  }
  return { entries, subdir: folder };
}

async function missingPath(call: GitCall, commit: string, one: string, field: string): Promise<UserError> {
  const there = await whatIsThere(call, commit, one);
  return new UserError(
    `\`${field}\` is \`${printable(one)}\`, which commit ${commit.slice(0, 12)} does not have. ${there}`,
  );
}

/** What is said of submodules. */
export function submoduleError(paths: readonly string[]): UserError {
  return new UserError(
    `${listed(paths)} ${paths.length > 1 ? "are git submodules" : "is a git submodule"}, which Algorithm Conduit does not fetch. ` +
      "Put the files into the repository itself, or publish them as a package and depend on it.",
  );
}

async function whatIsThere(call: GitCall, commit: string, wanted: string): Promise<string> {
  for (let child = wanted; ; child = path.posix.dirname(child)) {
    const parent = path.posix.dirname(child);
    const [folder] = await entriesAt(call, commit, [parent]);
    if (folder?.mode !== FOLDER_MODE) continue;
    const inside = parseEntries(await git(["ls-tree", "-z", "-d", "--full-tree", folder.id], call));
    const inParent = (name: string) => path.posix.join(parent, name);
    const names = inside.map((entry) => entry.path);
    const near = nearest(path.posix.basename(child), names).map(inParent);
    if (near.length > 0) return `Did you mean ${listed(near)}?`;
    const where = parent === "." ? "The repository's top" : `\`${printable(parent)}\``;
    return names.length > 0 ? `${where} holds ${listed(names.map(inParent))}.` : `${where} holds no folders.`;
  }
}

function utf8(output: Buffer): string {
  const text = output.toString("utf8");
  if (!text.includes("\ufffd") || Buffer.from(text).equals(output)) return text;
  const name = text.split("\0").find((line) => line.includes("\ufffd")) ?? "";
  throw new UserError(`The file name \`${printable(name.replace(/^.*\t/s, ""))}\` is not UTF-8. Rename the file.`);
}
