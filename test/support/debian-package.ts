import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
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
    const download = () => run("apt-get", ["download", "--quiet", name], { cwd: temporary });
    await download().catch(async () => {
      await run("apt-get", ["update", "--quiet"]);
      await download();
    });
    const [file = ""] = await readdir(temporary);
    await run("dpkg-deb", ["--extract", file, "."], { cwd: temporary });
    await rm(path.join(temporary, file));
  };
  await installOnce({ directory, isComplete: () => existsSync(directory), make });
  return directory;
}
