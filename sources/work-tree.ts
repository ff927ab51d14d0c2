import path from "node:path";
import { GitFailure, git } from "./git.ts";

/** Where a folder stands. */
export interface WorkTree {
  /** The top of the repository that holds the folder, or the folder itself outside any repository. Absolute. */
  readonly top: string;
  /** From the top to the folder, `.` when they are the same. */
  readonly prefix: string;
  /** The repository's own git directory, undefined outside any repository. Only ever read. */
  readonly gitDirectory: string | undefined;
}

/** The repository around a folder that exists. */
export async function enclosingWorkTree(place: string, signal?: AbortSignal): Promise<WorkTree> {
  const questions = ["--show-toplevel", "--show-prefix", "--git-common-dir"];
  try {
    const output = (await git(["rev-parse", ...questions], { cwd: place, signal })).toString();
    const [top = place, prefix = "", common = ""] = output.split("\n");
    return { top, prefix: prefix.replace(/\/$/, "") || ".", gitDirectory: path.resolve(place, common) };
  } catch (thrown) {
    const outside = thrown instanceof GitFailure && /not a git repository|work tree/.test(thrown.stderr);
    if (!outside) throw thrown;
    return { top: place, prefix: ".", gitDirectory: undefined };
  }
}
