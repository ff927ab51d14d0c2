import { readdir, readFile, readlink } from "node:fs/promises";
import { processInfo } from "./process-info.ts";

/** Which process listens on a TCP port of this machine, as `python3 (process 12)`; undefined where that cannot be known. */
export async function portHolder(port: number): Promise<string | undefined> {
  const sockets = await listeningSockets(port);
  for (const pid of sockets.size > 0 ? await readdir("/proc") : []) {
    if (!/^\d+$/.test(pid)) continue;
    // Another user's process, or one that has ended meanwhile, shows nothing.
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => "");
      if (sockets.has(target)) return `${(await processInfo(Number(pid))).command} (process ${pid})`;
    }
  }
  return undefined;
}

/** `socket:[inode]` of each socket that listens on the port, by `/proc/net/tcp` (proc(5)); state 0A is LISTEN. */
async function listeningSockets(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const fields = tables.flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)));
  const listening = fields.filter(([, local, , state]) => local?.endsWith(ending) && state === "0A");
  return new Set(listening.map((line) => `socket:[${line[9]}]`));
}
