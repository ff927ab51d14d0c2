import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";

/** A process of this machine. */
export interface MachineProcess {
  readonly pid: number;
  readonly parent: number;
  /** The command line. */
  readonly command: string;
  /** Its working directory; empty where the system does not tell. */
  readonly directory: string;
}

/** All processes of this machine that have not ended. */
export function machineProcesses(): MachineProcess[] {
  const lines = execFileSync("ps", ["-A", "-ww", "-o", "pid=,ppid=,stat=,args="]).toString().split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (command === undefined || state?.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), command, directory: directoryOf(Number(pid)) }];
  });
}

function directoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

/** A process and all below it, parents first. */
export function treeOf(root: number): MachineProcess[] {
  const all = machineProcesses();
  const below = (pid: number): MachineProcess[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return [...all.filter(({ pid }) => pid === root), ...below(root)];
}
