import { mkdir, readdir, readFile, rmdir } from "node:fs/promises";
import path from "node:path";
import { codeOf } from "../../../errors.ts";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import type { Network } from "../network.ts";

/** The control group below which a node's pods are, in every hierarchy of the system: no other cluster has its name. */
export function cgroupOf({ namespace }: Network): string {
  return namespace;
}

/** Makes a node's control groups. */
export async function makeCgroups(network: Network): Promise<void> {
  for (const folder of await hierarchies()) await mkdir(path.join(folder, cgroupOf(network)), { recursive: true });
}

/** Takes a node's control groups away once its processes have ended; nothing happens when there are none. */
export async function removeCgroups(network: Network): Promise<void> {
  for (const folder of await hierarchies()) {
    // The last processes may still be ending where the node's first one was killed by someone else.
    await eventually(() => isRemoved(path.join(folder, cgroupOf(network))), { seconds: 10 });
  }
}

async function isRemoved(folder: string): Promise<boolean> {
  try {
    await removeTree(folder);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EBUSY") return false;
    throw thrown;
  }
}

/** Where the hierarchies of control groups are mounted: one in version 2, one for each controller in version 1. */
async function hierarchies(): Promise<string[]> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" "));
  return mounts.flatMap(([, folder = "", type]) => (type === "cgroup" || type === "cgroup2" ? folder : []));
}

/** The files of a control group go with it; only its folders are removed, from below. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown) => {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  });
  if (entries === undefined) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(path.join(folder, entry.name));
  await rmdir(folder);
}
