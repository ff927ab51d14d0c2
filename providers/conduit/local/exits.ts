import path from "node:path";
import { lastLines } from "./logs.ts";

/** An end of a supervised process that nobody asked for. */
export interface Exit {
  /** ISO 8601. */
  readonly at: string;
  /** The process's name in the supervisor, such as `transcribe.1a2b3c4d`. */
  readonly program: string;
  /** `exit code 3`, `SIGKILL`. */
  readonly how: string;
}

/** A line of supervisord's log; its clock is UTC, as `supervisor.ts` starts it. */
const exitLine =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{3}) \w+ exited: (\S+) \((?:exit status (\d+)|terminated by (\w+))/;

/**
 * The unasked ends of an algorithm's processes that supervisord's log still tells, the oldest first. Over its API it only
 * tells of the last one, and of a signal not which.
 *
 * @param name An algorithm's, or a program's.
 */
export async function exitsOf(home: string, name: string): Promise<Exit[]> {
  const log = await lastLines(path.join(home, "supervisord.log"), Number.POSITIVE_INFINITY);
  return parseExits(log).filter(({ program }) => program === name || program.startsWith(`${name}.`));
}

/** Exported for tests. */
export function parseExits(log: string): Exit[] {
  return log.split("\n").flatMap((line): Exit[] => {
    const [, day, clock, milliseconds, program, code, signal] = exitLine.exec(line) ?? [];
    if (day === undefined || program === undefined) return [];
    const how = signal ?? `exit code ${code}`;
    return [{ at: `${day}T${clock}.${milliseconds}Z`, program, how }];
  });
}
