import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Candidate } from "../components/release.ts";
import type { Algorithm } from "../registry/resolve.ts";
import type { SourceOptions } from "../sources/types.ts";
import { resolveCandidates } from "./candidates.ts";
import { engineRun } from "./engine-run.ts";

/** Milliseconds that the notes of other runs are kept: no preview waits longer for its answer. */
const keptFor = 24 * 60 * 60 * 1000;

/**
 * What each algorithm's source holds, once for a run: `pulumi up` runs the program for its preview and again for its
 * update, and what was shown has to be what is done, even when a commit came in between.
 */
export async function resolveOnce(
  algorithms: readonly Algorithm[],
  recipe: Readonly<Record<string, string>>,
  options: SourceOptions,
): Promise<ReadonlyMap<string, Candidate>> {
  const run = await engineRun();
  const note = run && path.join(options.cache, "runs", `${run}-${pulumi.getStack()}.json`);
  if (note && !pulumi.runtime.isDryRun()) {
    const shown = await readNote(note);
    if (shown) return shown;
  }
  const candidates = await resolveCandidates(algorithms, recipe, options);
  if (note && pulumi.runtime.isDryRun()) await writeNote(note, candidates);
  return candidates;
}

async function readNote(file: string): Promise<ReadonlyMap<string, Candidate> | undefined> {
  try {
    const entries: [string, Candidate][] = JSON.parse(await readFile(file, "utf8"));
    return new Map(entries);
  } catch {
    return undefined;
  }
}

async function writeNote(file: string, candidates: ReadonlyMap<string, Candidate>): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const old = path.join(folder, name);
    const written = (await stat(old).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - written > keptFor) await rm(old, { force: true });
  }
  await writeFile(`${file}.new`, JSON.stringify([...candidates]));
  await rename(`${file}.new`, file);
}
