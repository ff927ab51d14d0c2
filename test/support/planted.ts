import { lstat, readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** Where one of the values stands, of the files below a folder: `<file>: <value>`. */
export async function filesWith(values: readonly string[], folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    for (const value of values) if (content.includes(value)) found.push(`${file}: ${value}`);
  }
  return found;
}

/** Those of these files and folders that others than their owner may use in any way. */
export async function openToOthers(files: readonly string[]): Promise<string[]> {
  const modes = await Promise.all(files.map(async (file) => ({ file, mode: (await lstat(file)).mode & 0o777 })));
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ file, mode }) => `${file}: ${mode.toString(8)}`);
}

/** A process of this machine, as every process of the same user sees it. */
export interface SeenProcess {
  readonly command: string;
  readonly environment: string;
}

/** Looks at all processes again and again, until it is told to stop; each command and environment is noted once. */
export function watchProcesses(): {
  readonly seen: ReadonlyMap<string, SeenProcess>;
  readonly stop: () => Promise<void>;
} {
  const seen = new Map<string, SeenProcess>();
  let stopped = false;
  const watch = async () => {
    while (!stopped) {
      for (const { key, process } of await processesNow()) seen.set(key, process);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const watching = watch();
  const stop = async () => {
    stopped = true;
    await watching;
  };
  return { seen, stop };
}

async function processesNow(): Promise<{ key: string; process: SeenProcess }[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  return Promise.all(
    pids.map(async (pid) => {
      const [command, environment] = [await read(pid, "cmdline"), await read(pid, "environ")];
      return { key: `${pid} ${command} ${environment.length}`, process: { command, environment } };
    }),
  );
}
