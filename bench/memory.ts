import { readdirSync, readFileSync } from "node:fs";

/** The proportional set size of processes together, in MB: what they share with others counts in part. 0 for one that has ended. */
export function memoryOf(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    const text = readIfThere(`/proc/${pid}/smaps_rollup`);
    return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0);
  });
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** CPU that processes have used since they started, in seconds; children that have ended are left out. */
export function cpuOf(pids: readonly number[]): number {
  const seconds = pids.map((pid) => {
    const fields = fieldsOf(pid);
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / clockTicks;
  });
  return seconds.reduce((sum, each) => sum + each, 0);
}

/** As on every Linux of today (sysconf(_SC_CLK_TCK)). */
const clockTicks = 100;

/** A process with all that it started and that it started in turn. */
export function familyOf(pid: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name): [number, number] => [Number(name), Number(fieldsOf(Number(name))[1])]);
  const family = [pid];
  for (const member of family) {
    family.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child));
  }
  return family;
}

/** The fields of `/proc/<pid>/stat` after the command's name (proc(5)): state, parent, … */
function fieldsOf(pid: number): string[] {
  const text = readIfThere(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
