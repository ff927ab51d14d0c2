import { z } from "zod";
import { lastLines } from "./log-tail.ts";
import type { SupervisedProcess } from "./supervisord.ts";

const failureLine = z.looseObject({ event: z.literal("startup_failed"), message: z.string() });

/**
 * Why a worker ended before it polled: its own last word (the worker contract's `startup_failed` line), else the end of
 * its log.
 */
export async function startupFailure(
  process: SupervisedProcess | undefined,
  worker: { readonly version: string },
): Promise<Error> {
  const log = process ? await lastLines(process.log, 200) : "";
  return new Error(failureIn(log) ?? `The worker of version ${worker.version} ended while it started.\n${tail(log)}`);
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
