import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../../tools/cache.ts";
import { findExecutable } from "../../tools/executables.ts";
import { run } from "../../tools/run.ts";

/** Whether Debian's packages can be had here: the real recordings are one of them. */
export const hasRecordings = findExecutable("apt-get") !== undefined && findExecutable("dpkg-deb") !== undefined;

/** The folder of Debian's package of spoken test phrases (real voices), fetched once into the cache. */
export async function recordings(): Promise<string> {
  const folder = path.join(cacheDirectory(), "test", "pocketsphinx-testdata");
  if (!existsSync(folder)) {
    await mkdir(path.dirname(folder), { recursive: true });
    const temporary = await mkdtemp(`${folder}.`);
    const download = () => run("apt-get", ["download", "--quiet", "pocketsphinx-testdata"], { cwd: temporary });
    await download().catch(async () => {
      await run("apt-get", ["update", "--quiet"]);
      await download();
    });
    const [file = ""] = await readdir(temporary);
    await run("dpkg-deb", ["--extract", path.join(temporary, file), path.join(temporary, "content")]);
    await rename(path.join(temporary, "content"), folder);
    await rm(temporary, { recursive: true });
  }
  return path.join(folder, "usr", "share", "pocketsphinx", "test", "data");
}
