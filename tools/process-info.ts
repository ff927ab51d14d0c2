import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

/** What the system tells of a process. */
export interface ProcessInfo {
  readonly parent: number;
  /** When it started, in a form that only compares: two processes that had the same id differ in it. */
  readonly started: string;
  /** The name of its program. */
  readonly command: string;
}

/** Rejects when there is no such process. */
export async function processInfo(pid: number): Promise<ProcessInfo> {
  if (process.platform === "linux") {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field, the command's name, may hold spaces; it ends with the last parenthesis (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    return { parent: Number(fields[1]), started: fields[19] ?? "", command };
  }
  const { stdout } = await promisify(execFile)("ps", ["-o", "ppid=,lstart=,comm=", "-p", String(pid)]);
  // `lstart` is five words, such as `Sun Nov 22 10:46:31 2026`.
  const [parent, ...words] = stdout.trim().split(/\s+/);
  const command = path.basename(words.slice(5).join(" "));
  return { parent: Number(parent), started: words.slice(0, 5).join("-").replace(/\W+/g, "-"), command };
}
