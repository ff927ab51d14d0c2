import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { messageOf } from "../../../errors.ts";

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
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, JSON.stringify(failure), { mode: 0o600 });
    throw thrown;
  }
}

/** The failure that was kept last, or undefined where the last try went well. */
export async function lastFailureOf(home: string, algorithm: string): Promise<LastFailure | undefined> {
  try {
    return failureSchema.parse(JSON.parse(await readFile(fileOf(home, algorithm), "utf8")));
  } catch {
    return undefined; // None, or a file that a killed run wrote by half.
  }
}

function fileOf(home: string, algorithm: string): string {
  return path.join(home, "failures", `${algorithm}.json`);
}
