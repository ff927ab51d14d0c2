import { z } from "zod";
import { lastLines } from "./logs.ts";

const failureLine = z.looseObject({ event: z.literal("startup_failed"), message: z.string() });

/**
 * Why a worker ended before it polled: its own last word (the worker contract's `startup_failed` line), else the end of
 * its log.
 *
 * @param from Where this attempt's part of the log begins, in bytes.
 */
export async function startupFailure(log: string, from: number, version: string): Promise<Error> {
  const said = await lastLines(log, 200, from);
  return new Error(failureIn(said) ?? `The worker of version ${version} ended while it started.\n${tail(said)}`);
}

/** Exported for tests. */
export function failureIn(log: string): string | undefined {
  for (const line of log.split("\n").reverse()) {
    if (!line.includes('"startup_failed"')) continue;
    try {
      const parsed = failureLine.safeParse(JSON.parse(line));
      if (parsed.success) return parsed.data.message;
    } catch {
      // A line that was cut by the log's rotation.
    }
  }
  return undefined;
}

function tail(log: string): string {
  return log.split("\n").slice(-15).join("\n");
}
