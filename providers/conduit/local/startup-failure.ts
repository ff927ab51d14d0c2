import { realpath } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { UserError } from "../../../errors.ts";
import { readText } from "../../../sources/text-file.ts";
import { type CodePlace, crashPlace } from "./crash-place.ts";
import { exitsOf } from "./exits.ts";
import { lastLines } from "./logs.ts";
import { logOf } from "./program.ts";

/** Lines of the worker's log that tell of its start (the worker contract). */
const startupLine = z.looseObject({ event: z.enum(["startup_failed", "importing"]), message: z.string() });

/** Lines of what was printed that are shown. */
const shownLines = 10;

/** A worker that ended before it polled. */
export interface EndedWorker {
  /** The stack's folder, with the logs. */
  readonly home: string;
  readonly program: string;
  /** Where this attempt's part of the log begins, in bytes. */
  readonly logStart: number;
  /** The algorithm's folder in its checkout. */
  readonly directory: string;
}

/**
 * Why a worker ended before it polled: its own last word (the worker contract's `startup_failed` line), else how the process
 * ended, what it was importing, and the line of the algorithm's code or the end of what was printed.
 */
export async function startupFailure({ home, program, logStart, directory }: EndedWorker): Promise<Error> {
  const log = await lastLines(logOf(home, program), 500, logStart);
  const told = failureIn(log);
  if (told !== undefined) return new UserError(told);
  const how = (await exitsOf(home, program)).findLast((exit) => exit.program === program)?.how;
  const place = crashPlace(log, await realpath(directory).catch(() => directory));
  return new UserError(silentFailure(log, how, place && (await shown(place, directory))));
}

/** Exported for tests. */
export function failureIn(log: string): string | undefined {
  return lastEvent(log, "startup_failed");
}

/**
 * How the worker ended and where it was, then what to do. Exported for tests.
 *
 * @param how As `exits.ts` tells it.
 * @param at The line of the algorithm's code, where the interpreter told it.
 */
export function silentFailure(log: string, how: string | undefined, at?: string): string {
  const importing = lastEvent(log, "importing")?.replace(/^I(.*)\.$/, "i$1");
  const what = `The worker ended while it ${importing ? `was ${importing}` : "started"}${how ? `, with ${how}` : ""}`;
  if (at) {
    const crashed = how?.startsWith("SIG") ? "crashed" : "does not return";
    return `${what}, at ${at}. Native code that this line calls ${crashed}: try another version of its package.`;
  }
  if (how === "SIGKILL") return `${what}, as a system does that is short of memory. Load less there, or free memory.`;
  const printed = log.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("{"));
  if (printed.length > 0) return `${what}. Its last words:\n${printed.slice(-shownLines).join("\n")}`;
  return `${what}, and printed nothing. Look there for what ends the process, such as \`os._exit\`.`;
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

async function shown({ file, line }: CodePlace, directory: string): Promise<string> {
  const code = ((await readText(path.join(directory, file))) ?? "").split("\n")[line - 1]?.trim();
  return `\`${file}:${line}\`${code ? ` (\`${code}\`)` : ""}`;
}
