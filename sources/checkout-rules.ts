import path from "node:path";
import { UserError } from "../errors.ts";
import { includeAdvice } from "./include-advice.ts";
import { listed, printable } from "./nearest.ts";
import { SUBMODULE_MODE, submoduleError, type TreeEntry } from "./tree.ts";

const MAX_LINKS_FOLLOWED = 40;
const LFS_POINTER = "version https://git-lfs.github.com/spec/v1\n";

/** No LFS pointer is longer, in bytes. */
export const MAX_LFS_POINTER_BYTES = 1024;

/**
 * That these files can be written below one folder and nowhere else. Names come from a repository that may be hostile.
 *
 * @throws UserError
 */
export function assertCheckoutable(files: readonly TreeEntry[]): void {
  const submodules = files.filter(({ mode }) => mode === SUBMODULE_MODE).map((file) => file.path);
  if (submodules.length > 0) throw submoduleError(submodules);
  const unsafe = files.map((file) => file.path).filter((name) => !isSafePath(name));
  if (unsafe.length > 0)
    throw new UserError(`The repository has files with names that are never written: ${listed(unsafe)}.`);
  const names = new Set(files.map((file) => file.path));
  const doubled = files.map((file) => file.path).filter((name) => parentsOf(name).some((parent) => names.has(parent)));
  if (doubled.length > 0 || names.size < files.length) {
    throw new UserError(
      `The repository is damaged: files stand where folders do (${listed(doubled)}). Run \`git fsck\` in it.`,
    );
  }
}

/** Whether a path stays below its folder and does not name a git directory, on any file system. */
export function isSafePath(name: string): boolean {
  return name
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\0") && !isGitName(part));
}

/** `.git`, and what file systems take for it: any case, trailing dots and blanks, its short name, ignored characters. */
function isGitName(part: string): boolean {
  const visible = part.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, "");
  return /^(\.git|git~1)[. ]*$/i.test(visible);
}

/** The folders above a path, nearest last, without the top. */
function parentsOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Where a symbolic link ends, all links on its way followed; undefined when that is outside the top, or nowhere. */
export function linkEnd(links: ReadonlyMap<string, string>, link: string): string | undefined {
  const open = link.split("/");
  const done: string[] = [];
  for (let followed = 0; open.length > 0; ) {
    const part = open.shift();
    if (part === undefined || part === "" || part === ".") continue;
    if (part === ".." && done.length === 0) return undefined;
    if (part === "..") {
      done.pop();
      continue;
    }
    done.push(part);
    const target = links.get(done.join("/"));
    if (target === undefined) continue;
    followed += 1;
    if (target.startsWith("/") || followed > MAX_LINKS_FOLLOWED) return undefined;
    done.pop();
    open.unshift(...target.split("/"));
  }
  return done.join("/") || ".";
}

/**
 * That every symbolic link ends inside what is checked out. (One that ends nowhere there was broken before.)
 *
 * @param tops The paths that are checked out.
 * @param hasInclude Whether the source has an `include` that can be made longer.
 * @throws UserError naming each link and where it points.
 */
export function assertLinksStay(
  links: ReadonlyMap<string, string>,
  tops: readonly string[],
  hasInclude: boolean,
): void {
  const problems: string[] = [];
  for (const [link, target] of links) {
    const end = linkEnd(links, link);
    if (end !== undefined && tops.some((top) => top === "." || end === top || end.startsWith(`${top}/`))) continue;
    const advice = end === undefined ? "Replace it by the file itself." : includeAdvice(end, hasInclude);
    problems.push(`\`${printable(link)}\` points to \`${printable(target)}\`. ${advice}`);
  }
  if (problems.length > 0) throw new UserError("Symbolic links leave what is checked out.", problems.slice(0, 10));
}

/** Whether a file's content is not the file, but Git LFS's note of where it is. */
export function isLfsPointer(content: Buffer): boolean {
  return (
    content.length <= MAX_LFS_POINTER_BYTES &&
    content.subarray(0, LFS_POINTER.length).toString("latin1") === LFS_POINTER
  );
}

/** What is said of files that are in Git LFS. */
export function lfsError(files: readonly string[]): UserError {
  const [one, ...more] = files;
  return new UserError(
    `${listed(files)} ${more.length > 0 ? "are" : "is"} in Git LFS: the repository holds only pointers, and Algorithm Conduit does not fetch ` +
      `what they stand for. Put ${more.length > 0 ? "the files" : `\`${path.posix.basename(printable(one ?? ""))}\``} into git itself (\`git lfs migrate export\`), ` +
      "into a package that the algorithm depends on, or let the algorithm download them when it starts.",
  );
}
