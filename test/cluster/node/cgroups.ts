import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { codeOf } from "../../../errors.ts";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import type { Network } from "../network.ts";

/** The control group below which a node's pods are, in every hierarchy of the system: no other cluster has its name. */
export function cgroupOf({ namespace }: Network): string {
  return namespace;
}

/** What the kubelet limits pods by, as far as the system has it. */
const controllers = ["cpu", "cpuset", "hugetlb", "memory", "pids"];

/** Makes a node's control groups. */
export async function makeCgroups(network: Network): Promise<void> {
  for (const folder of await hierarchies()) {
    await handDownControllers(folder);
    await mkdir(path.join(folder, cgroupOf(network)), { recursive: true });
  }
}

/** In version 2 a group has only those controllers that the one above it hands down; version 1 has no such list. */
async function handDownControllers(folder: string): Promise<void> {
  if (!existsSync(path.join(folder, "cgroup.controllers"))) return;
  const namesIn = async (file: string) => (await readFile(path.join(folder, file), "utf8")).trim().split(" ");
  const [available, handed] = [await namesIn("cgroup.controllers"), await namesIn("cgroup.subtree_control")];
  const lacking = controllers.filter((name) => available.includes(name) && !handed.includes(name));
  if (lacking.length === 0) return;
  await writeFile(path.join(folder, "cgroup.subtree_control"), lacking.map((name) => `+${name}`).join(" "));
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
