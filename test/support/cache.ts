import { mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../../tools/cache.ts";

/** Makes an empty cache with the tools of the shared one, which take minutes to make. */
export async function makeCacheWithTools(place: string): Promise<void> {
  await mkdir(place, { recursive: true });
  for (const name of ["tools", "toolchain"]) await symlink(path.join(cacheDirectory(), name), path.join(place, name));
}
