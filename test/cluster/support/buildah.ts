import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { findExecutable } from "../../../tools/executables.ts";
import { run } from "../../../tools/run.ts";
import { installDebianPackages } from "../../support/debian-package.ts";
import { makeFolder } from "../../support/folders.ts";

/** Sees that Debian's `buildah` is on the PATH: it needs its libraries and policies in their places, so it is installed. */
export async function ensureBuildah(): Promise<void> {
  if (findExecutable("buildah") !== undefined) return;
  await installDebianPackages("buildah");
}

/** Removes a folder in which `buildah` has stores: it leaves a mount in each, and more where a build was killed. */
export async function removeStores(folder: string): Promise<void> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const mount of mounts.filter((place) => place.startsWith(`${folder}/`)).toReversed()) {
    await run("umount", ["--lazy", mount]);
  }
  await rm(folder, { recursive: true, force: true });
}

/** Gives a `buildah` with a store of its own, and the folder that it is in. */
export async function withStore(
  work: (buildah: (...args: string[]) => Promise<string>, store: string) => Promise<void>,
): Promise<void> {
  const store = await makeFolder();
  const places = ["--root", path.join(store, "root"), "--runroot", path.join(store, "run")];
  try {
    await work((...args) => run("buildah", [...places, ...args]), store);
  } finally {
    await removeStores(store);
  }
}
