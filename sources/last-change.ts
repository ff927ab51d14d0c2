import { type GitCall, GitFailure, git } from "./git.ts";
import type { ResolvedSource } from "./types.ts";

/**
 * The last commit, from the given one back, that changed one of the paths.
 *
 * @throws GitFailure also when no commit has them.
 */
export async function lastChange(
  call: GitCall,
  from: string,
  paths: readonly string[],
): Promise<Pick<ResolvedSource, "commit" | "committedAt">> {
  const args = ["rev-list", "-1", "--format=%H %cI", from, "--", ...paths];
  const output = (await git(args, call)).toString();
  const [, commit, committedAt] = /^([0-9a-f]{40}) (\S+)$/m.exec(output) ?? [];
  if (commit === undefined) throw new GitFailure(args.join(" "), 0, `no commit before ${from} has these paths`, false);
  return { commit, committedAt };
}
