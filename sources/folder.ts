import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../errors.ts";
import { checkout } from "./checkout.ts";
import { explainGitFailure } from "./explain-git-failure.ts";
import { type GitCall, GitFailure, git } from "./git.ts";
import { lastChange } from "./last-change.ts";
import { reading } from "./mirror.ts";
import { printable } from "./nearest.ts";
import { type Snapshot, snapshotOf } from "./snapshot.ts";
import { FOLDER_MODE } from "./tree.ts";
import { NO_COMMIT, type ResolvedSource, type SourceOptions } from "./types.ts";
import { verifyCheckout } from "./verify-checkout.ts";
import { enclosingWorkTree, type WorkTree } from "./work-tree.ts";

/**
 * The version that a folder on this machine is now, edits that are not committed and new files included; what git ignores
 * is left out. The folder, its repository and its index are only read.
 *
 * @param folder Relative to the project, or absolute.
 * @throws UserError when there is no such folder, it is empty, or its files cannot be checked out.
 */
export async function resolveFolder(folder: string, options: SourceOptions): Promise<ResolvedSource> {
  const place = await existingFolder(folder, options.projectDirectory);
  try {
    const workTree = await enclosingWorkTree(place, options.signal);
    const [snapshot, head] = await Promise.all([
      snapshotOf(place, workTree, options),
      headOf(place, workTree, options.signal),
    ]);
    return { ...(await checkoutSnapshot(snapshot, options)), ...describe(snapshot, head) };
  } catch (thrown) {
    throw explainGitFailure(thrown, { label: place, protocols: ["file"] }, "read the folder");
  }
}

async function existingFolder(folder: string, projectDirectory: string): Promise<string> {
  const place = path.resolve(projectDirectory, folder);
  const status = await stat(place).catch(() => undefined);
  if (status?.isDirectory()) return await realpath(place);
  throw new UserError(
    `\`path\` is \`${printable(folder)}\`, and \`${printable(place)}\` is ${status ? "no folder" : "not there"}. ` +
      "Give the folder of the algorithm, relative to the folder of `algorithms.config.ts`.",
  );
}

/** What HEAD knows of the folder; undefined when it does not. */
async function headOf(place: string, { gitDirectory }: WorkTree, signal?: AbortSignal): Promise<Head | undefined> {
  if (gitDirectory === undefined) return undefined;
  const call: GitCall = { cwd: place, signal };
  try {
    const [tree, last] = await Promise.all([
      git(["rev-parse", "--verify", "--quiet", "HEAD:./"], call),
      lastChange(call, "HEAD", ["."]),
    ]);
    return { tree: tree.toString().trim(), ...last };
  } catch (thrown) {
    // No commit yet, or the folder is in none.
    if (thrown instanceof GitFailure && !thrown.timedOut) return undefined;
    throw thrown;
  }
}

type Head = { tree: string } & Pick<ResolvedSource, "commit" | "committedAt">;

/** How a snapshot compares with HEAD. */
export function describe(
  snapshot: Snapshot,
  head: Head | undefined,
): Pick<ResolvedSource, "commit" | "committedAt" | "tree" | "dirty"> {
  const tree = snapshot.tree.slice(0, 12);
  if (head === undefined) return { commit: NO_COMMIT, committedAt: undefined, tree, dirty: true };
  return { commit: head.commit, committedAt: head.committedAt, tree, dirty: head.tree !== snapshot.tree };
}

async function checkoutSnapshot(snapshot: Snapshot, options: SourceOptions): Promise<{ directory: string }> {
  const root = await checkout({
    cache: options.cache,
    reading: reading(snapshot, options.signal),
    entries: [{ path: snapshot.prefix, mode: FOLDER_MODE, id: snapshot.tree }],
    hasInclude: false,
    verify: (top) => verifyCheckout(top, snapshot.prefix, false),
  });
  return { directory: path.join(root, snapshot.prefix) };
}
