import { rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { messageOf } from "../../../errors.ts";
import { readJson, writeJson } from "../../../tools/json-file.ts";

/** For whom something is built or started. */
export const attemptSchema = z.looseObject({
  /** The stack's folder. */
  home: z.string(),
  algorithm: z.string(),
  version: z.string(),
});

export type Attempt = z.infer<typeof attemptSchema>;

const failureSchema = z.looseObject({ version: z.string(), at: z.string(), message: z.string() });

/** Why the newest try to install or start a version of an algorithm failed. */
export type LastFailure = z.infer<typeof failureSchema>;

/**
 * Runs one step of making a version live, and keeps why it failed, for `./conduit status`: the run that tells it is over
 * by then, or was somebody else's.
 */
export async function rememberingFailure<T>(attempt: Attempt, step: () => Promise<T>): Promise<T> {
  const file = fileOf(attempt.home, attempt.algorithm);
  try {
    const result = await step();
    await rm(file, { force: true });
    return result;
  } catch (thrown) {
    const failure: LastFailure = {
      version: attempt.version,
      at: new Date().toISOString(),
      message: messageOf(thrown),
    };
    // What failed is what has to be told, even where it cannot be kept, as on a full disk.
    await writeJson(file, failure).catch(() => undefined);
    throw thrown;
  }
}

/** The failure that was kept last, or undefined where the last try went well. */
export async function lastFailureOf(home: string, algorithm: string): Promise<LastFailure | undefined> {
  return readJson(fileOf(home, algorithm), failureSchema);
}

function fileOf(home: string, algorithm: string): string {
  return path.join(home, "failures", `${algorithm}.json`);
}
