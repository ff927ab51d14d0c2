import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../../tools/cache.ts";
import { findExecutable } from "../../tools/executables.ts";
import { installOnce } from "../../tools/install-once.ts";
import { run } from "../../tools/run.ts";

/** Whether Debian's packages can be had here. */
export const hasDebianPackages = findExecutable("apt-get") !== undefined && findExecutable("dpkg-deb") !== undefined;

/** The folder with the content of one of Debian's packages, fetched once into the cache and not installed. */
export async function debianPackage(name: string): Promise<string> {
  const directory = path.join(cacheDirectory(), "test", name);
  const make = async (temporary: string) => {
    await aptGet(["download", name], { cwd: temporary });
    const [file = ""] = await readdir(temporary);
    await run("dpkg-deb", ["--extract", file, "."], { cwd: temporary });
    await rm(path.join(temporary, file));
  };
  await installOnce({ directory, isComplete: () => existsSync(directory), make });
  return directory;
}

/** Installs Debian's packages that work in their places alone. Root is needed. */
export async function installDebianPackages(...names: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await aptGet(["install", "--yes", "--no-install-recommends", ...names], { env });
}

/** Runs `apt-get`, once more with new lists where the machine's were too old or not there; one at a time, or it would fail. */
async function aptGet(args: readonly string[], options: Parameters<typeof run>[2]): Promise<void> {
  await mkdir(cacheDirectory(), { recursive: true });
  const one = (...command: readonly string[]) =>
    run("flock", [path.join(cacheDirectory(), "apt.lock"), "apt-get", "--quiet", ...command], options);
  await one(...args).catch(async () => {
    await one("update");
    await one(...args);
  });
}
