import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../../../tools/cache.ts";
import { installOnce } from "../../../tools/install-once.ts";

/**
 * An image as a file in the cache, made once.
 *
 * @param key Names all that the image is made of.
 * @param make Writes the image to `archive`; `folder` is an empty one to work in.
 */
export async function cachedImage(
  key: string,
  make: (archive: string, folder: string) => Promise<void>,
): Promise<string> {
  const directory = path.join(cacheDirectory(), "test", key);
  const archive = path.join(directory, "image.tar");
  await installOnce({
    directory,
    isComplete: () => existsSync(archive),
    make: async (temporary) => {
      const folder = path.join(temporary, "work");
      await mkdir(folder);
      await make(path.join(temporary, path.basename(archive)), folder);
      await rm(folder, { recursive: true });
    },
  });
  return archive;
}
