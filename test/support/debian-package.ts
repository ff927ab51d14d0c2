import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../../tools/cache.ts";
import { findExecutable } from "../../tools/executables.ts";
import { run } from "../../tools/run.ts";

/** Whether Debian's packages can be had here. */
export const hasDebianPackages = findExecutable("apt-get") !== undefined && findExecutable("dpkg-deb") !== undefined;

/** The folder with the content of one of Debian's packages, fetched once into the cache and not installed. */
export async function debianPackage(name: string): Promise<string> {
  const folder = path.join(cacheDirectory(), "test", name);
  if (existsSync(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  const download = () => run("apt-get", ["download", "--quiet", name], { cwd: temporary });
  await download().catch(async () => {
    await run("apt-get", ["update", "--quiet"]);
    await download();
  });
  const [file = ""] = await readdir(temporary);
  await run("dpkg-deb", ["--extract", path.join(temporary, file), path.join(temporary, "content")]);
  await rename(path.join(temporary, "content"), folder);
  await rm(temporary, { recursive: true });
  return folder;
}
