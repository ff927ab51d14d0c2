import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * A name for the run of the engine that this program is part of: the process id and start of the `pulumi` command, the
 * parent of the language host that is our parent. Undefined where the system does not tell.
 */
export async function engineRun(): Promise<string | undefined> {
  try {
    const languageHost = await processInfo(process.ppid);
    const command = await processInfo(languageHost.parent);
    return `${languageHost.parent}-${command.started}`;
  } catch {
    return undefined;
  }
}

async function processInfo(pid: number): Promise<{ parent: number; started: string }> {
  if (process.platform === "linux") {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field, the command's name, may hold spaces; it ends with the last parenthesis (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), started: fields[19] ?? "" };
  }
  const { stdout } = await promisify(execFile)("ps", ["-o", "ppid=,lstart=", "-p", String(pid)]);
  const [, parent, started] = /^\s*(\d+)\s+(.*)$/.exec(stdout.trim()) ?? [];
  return { parent: Number(parent), started: (started ?? "").replace(/\W+/g, "-") };
}
