import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { ImageInputs } from "./image-inputs.ts";

/**
 * Stands for what is on this machine of an image's contexts and Dockerfile. What is fetched from elsewhere is not looked
 * at: an image is built anew only when its address changes.
 */
export async function contextHash({ context, dockerfile }: ImageInputs): Promise<string> {
  const hash = createHash("sha256");
  if (dockerfile.location !== undefined && existsSync(dockerfile.location)) {
    hash.update(await readFile(dockerfile.location));
  }
  const named = Object.entries(context.named ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const location of [context.location, ...named.map(([, { location }]) => location)]) {
    if (!existsSync(location)) continue;
    if (existsSync(path.join(location, ".dockerignore"))) throw new Error("The stand-in reads no .dockerignore.");
    const entries = await readdir(location, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    for (const file of files.toSorted()) {
      const { mode } = await stat(file);
      hash
        .update(await readFile(file))
        .update(path.relative(location, file))
        .update(mode.toString(8));
    }
  }
  return hash.digest("hex");
}
