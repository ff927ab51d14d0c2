import path from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../tools/json-file.ts";
import { isFilled } from "./cache-place.ts";
import { shortHash } from "./lock.ts";
import type { GitSource, ResolvedSource } from "./types.ts";

const note = z.object({
  at: z.string(),
  resolved: z.object({
    commit: z.string(),
    committedAt: z.string().optional(),
    tree: z.string(),
    dirty: z.boolean(),
    directory: z.string(),
  }),
});

/**
 * What a source holds at a commit never changes, so it is found out once: git has to be asked several things, and with many
 * algorithms starting git is what a run spends its time on.
 *
 * @param at The commit (or tag) that the source's ref is at, 40 hex.
 * @param find Finds it out, when it is not known or its checkout is gone.
 */
export async function knownSource(
  cache: string,
  source: GitSource,
  at: string,
  find: () => Promise<ResolvedSource>,
): Promise<ResolvedSource> {
  const { git, ref, subdir, include } = source;
  const file = path.join(cache, "sources", `${shortHash(JSON.stringify([git, ref, subdir, include]), 32)}.json`);
  const known = await readJson(file, note);
  if (known?.at === at && (await isThere(known.resolved.directory, source))) {
    return { committedAt: undefined, ...known.resolved };
  }
  const resolved = await find();
  await writeJson(file, { at, resolved });
  return resolved;
}

/** Whether the checkout holds the folder and its includes. */
async function isThere(directory: string, { subdir, include }: GitSource): Promise<boolean> {
  const included = include.map((place) => path.resolve(directory, path.relative(subdir, place)));
  const filled = await Promise.all([directory, ...included].map(isFilled));
  return filled.every(Boolean);
}
