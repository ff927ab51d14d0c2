import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

/**
 * A name for the run of plain `pulumi` that this program is part of: the process id and start of the command, the parent of
 * the language host that is our parent. Undefined where there is none (`./conduit` runs the program in its own process, once
 * for a run), or where the system does not tell.
 */
export async function engineRun(): Promise<string | undefined> {
  try {
    const languageHost = await processInfo(process.ppid);
    if (!languageHost.command.startsWith("pulumi-language")) return undefined;
    const command = await processInfo(languageHost.parent);
    return `${languageHost.parent}-${command.started}`;
  } catch {
    return undefined;
  }
}

async function processInfo(pid: number): Promise<{ parent: number; started: string; command: string }> {
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
