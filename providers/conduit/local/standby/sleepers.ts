import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../../../../tools/json-file.ts";

const sleeper = z.object({
  algorithm: z.string(),
  /** The live process's name in the supervisor. */
  program: z.string(),
  /** Name of the namespace on the Temporal server. */
  temporalNamespace: z.string(),
  /** Milliseconds without work after which it goes to sleep. */
  idleAfter: z.number(),
});

/** A live worker that sleeps while it has nothing to do: its process is stopped, and started again when a task waits. */
export type Sleeper = z.infer<typeof sleeper>;

/** The sleepers of a stack, one of an algorithm at most. */
export async function sleepersOf(home: string): Promise<Sleeper[]> {
  const names = await readdir(folderOf(home)).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => name.endsWith(".json")).map((name) => sleeperOf(home, name.slice(0, -".json".length))),
  );
  return found.flatMap((one) => one ?? []);
}

/** Undefined where the algorithm's worker does not sleep, ever. */
export async function sleeperOf(home: string, algorithm: string): Promise<Sleeper | undefined> {
  return readJson(fileOf(home, algorithm), sleeper);
}

/** Hands a worker into the care of the standby; the one that the algorithm had before leaves it. */
export async function letSleep(home: string, one: Sleeper): Promise<void> {
  await writeJson(fileOf(home, one.algorithm), one);
}

/** Takes an algorithm's worker out of the care of the standby: it is neither stopped nor started any more. */
export async function keepAwake(home: string, algorithm: string): Promise<void> {
  await rm(fileOf(home, algorithm), { force: true });
}

function folderOf(home: string): string {
  return path.join(home, "sleepers");
}

function fileOf(home: string, algorithm: string): string {
  return path.join(folderOf(home), `${algorithm}.json`);
}
