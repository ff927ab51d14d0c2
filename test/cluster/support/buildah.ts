import { readFile, rm } from "node:fs/promises";
import { findExecutable } from "../../../tools/executables.ts";
import { run } from "../../../tools/run.ts";

/** Sees that Debian's `buildah` is on the PATH: it needs its libraries and policies in their places, so it is installed. */
export async function ensureBuildah(): Promise<void> {
  if (findExecutable("buildah") !== undefined) return;
  await run("apt-get", ["update", "--quiet"]);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["install", "--yes", "--quiet", "--no-install-recommends", "buildah"], { env });
}

/** Removes a folder in which `buildah` has stores: it leaves a mount in each, and more where a build was killed. */
export async function removeStores(folder: string): Promise<void> {
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n").map((line) => line.split(" ")[1] ?? "");
  for (const mount of mounts.filter((place) => place.startsWith(`${folder}/`)).toReversed()) {
    await run("umount", ["--lazy", mount]);
  }
  await rm(folder, { recursive: true, force: true });
}
