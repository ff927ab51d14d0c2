import { exitsOf } from "../../providers/conduit/local/exits.ts";
import type { LogRecord } from "../json/others.ts";

/**
 * The unasked ends of an algorithm's processes as lines of a log: a worker that was killed could not write its own.
 *
 * @returns One JSON record a line, like a worker's log.
 */
export async function exitLines(home: string, name: string): Promise<string[]> {
  return (await exitsOf(home, name)).map(({ at, program, how }) => {
    const message = `The process \`${program}\` ended with ${how}; it is started again.`;
    const record: LogRecord = { time: at, level: "warning", event: "exited", message };
    return JSON.stringify(record);
  });
}
