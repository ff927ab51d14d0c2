import { z } from "zod";
import { exitsOf } from "./exits.ts";
import { lastLines } from "./logs.ts";
import { logOf } from "./program.ts";

/** Lines of the worker's log that tell of its start (the worker contract). */
const startupLine = z.looseObject({ event: z.enum(["startup_failed", "importing"]), message: z.string() });

/**
 * Why a worker ended before it polled: its own last word (the worker contract's `startup_failed` line), else how the process
 * ended, what it was importing, and the end of its log.
 *
 * @param from Where this attempt's part of the log begins, in bytes.
 */
export async function startupFailure(home: string, program: string, from: number): Promise<Error> {
  const said = await lastLines(logOf(home, program), 200, from);
  const how = (await exitsOf(home, program)).findLast((exit) => exit.program === program)?.how;
  return new Error(failureIn(said) ?? silentFailure(said, how));
}

/** Exported for tests. */
export function failureIn(log: string): string | undefined {
  return lastEvent(log, "startup_failed");
}

/** Exported for tests. */
export function silentFailure(log: string, how: string | undefined): string {
  const importing = lastEvent(log, "importing");
  const doing = importing === undefined ? "" : ` It was ${importing.replace(/^I/, "i")}`;
  return [`The worker ended while it started${how ? `, with ${how}` : ""}.${doing}`, tail(log)].join("\n").trim();
}

function lastEvent(log: string, event: string): string | undefined {
  for (const line of log.split("\n").reverse()) {
    if (!line.includes(`"${event}"`)) continue;
    try {
      const parsed = startupLine.safeParse(JSON.parse(line));
      if (parsed.success && parsed.data.event === event) return parsed.data.message;
    } catch {
      // A line that was cut by the log's rotation.
    }
  }
  return undefined;
}

function tail(log: string): string {
  return log.split("\n").slice(-15).join("\n");
}
