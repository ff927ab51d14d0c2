import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Candidate } from "../components/release.ts";
import type { Algorithm } from "../registry/resolve.ts";

import { readJson, writeJson } from "../tools/json-file.ts";
import { type CandidateOptions, resolveCandidates } from "./candidates.ts";
import { engineRun } from "./engine-run.ts";

const noteSchema = z.array(z.tuple([z.string(), z.custom<Candidate>()]));

/** Milliseconds that the notes of other runs are kept: no preview waits longer for its answer. */
const keptFor = 24 * 60 * 60 * 1000;

/**
 * What each algorithm's source holds, once for a run: `pulumi up` runs the program for its preview and again for its
 * update, and what was shown has to be what is done, even when a commit came in between.
 */
export async function resolveOnce(
  algorithms: readonly Algorithm[],
  recipe: Readonly<Record<string, string>>,
  options: CandidateOptions,
): Promise<ReadonlyMap<string, Candidate>> {
  const run = await engineRun();
  const note = run && path.join(options.cache, "runs", `${run}-${pulumi.getStack()}.json`);
  if (note && !pulumi.runtime.isDryRun()) {
    const shown = await readJson(note, noteSchema);
    if (shown) return new Map(shown);
  }
  const candidates = await resolveCandidates(algorithms, recipe, options);
  if (note && pulumi.runtime.isDryRun()) {
    await writeJson(note, [...candidates]);
    await removeOldNotes(path.dirname(note));
  }
  return candidates;
}

async function removeOldNotes(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const old = path.join(folder, name);
    const written = (await stat(old).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - written > keptFor) await rm(old, { force: true });
  }
}
