import { open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** Logs of an algorithm's processes that are kept, the newest: one for each version that ran. */
const keptLogs = 10;

/** The size of a log in bytes; 0 when there is none. */
export async function sizeOf(log: string): Promise<number> {
  return (await stat(log).catch(() => undefined))?.size ?? 0;
}

/** The last lines of a log, at most 64 KiB of it and nothing before the byte `from`; empty when there is none. */
export async function lastLines(log: string, count: number, from = 0): Promise<string> {
  const handle = await open(log).catch(() => undefined);
  if (!handle) return "";
  try {
    const { size } = await handle.stat();
    // A log that is shorter than it was has been rotated.
    const start = Math.max(size < from ? 0 : from, size - 65_536);
    const { buffer } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString("utf8").trimEnd().split("\n").slice(-count).join("\n");
  } finally {
    await handle.close();
  }
}

/** The logs of an algorithm's processes, or of a program of that name: absolute paths, the newest first. */
export async function logsOf(home: string, name: string): Promise<string[]> {
  const folder = path.join(home, "logs");
  const names = (await readdir(folder).catch(() => [])).filter(
    (file) => file.endsWith(".log") && file.split(".")[0] === name,
  );
  const logs = await Promise.all(
    names.map(async (file) => {
      const log = path.join(folder, file);
      return { log, changed: (await stat(log).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  return logs.sort((a, b) => b.changed - a.changed).map(({ log }) => log);
}

/** Removes all but the newest logs of an algorithm, with what rotation put beside them. */
export async function removeOldLogs(home: string, algorithm: string): Promise<void> {
  for (const log of (await logsOf(home, algorithm)).slice(keptLogs)) {
    for (const file of [log, `${log}.1`, `${log}.2`, `${log}.3`]) await rm(file, { force: true });
  }
}
