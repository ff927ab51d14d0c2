import { type LogRecord, logLineSchema } from "./json/others.ts";
import { plain } from "./terminal.ts";

/** A line of a log, with the time by which lines of several logs are ordered. */
export interface LogLine {
  readonly time: string;
  readonly text: string;
}

/**
 * The lines of several logs in the order of their time. A line that is no record, such as one of a traceback, belongs to
 * the record before it.
 */
export function mergeLogs(logs: readonly string[]): LogLine[] {
  const lines = logs.flatMap((log) => {
    let time = "";
    return log.split("\n").flatMap((text): LogLine[] => {
      time = recordIn(text)?.time ?? time;
      return text === "" ? [] : [{ time, text }];
    });
  });
  return lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** A line for people: `11:57:53 info  49aec2d  Polling …`; what is no record stays as it is. */
export function readableLine({ text }: LogLine): string {
  const parsed = recordIn(text);
  if (!parsed) return plain(text);
  const clock = new Date(parsed.time).toTimeString().slice(0, 8);
  const version = typeof parsed.version === "string" ? parsed.version.slice(0, 7) : "";
  return plain(`${clock} ${parsed.level.padEnd(7)} ${version.padEnd(7)}  ${parsed.message}`);
}

/** A line for programs: the record, or one made of what the code printed. */
export function recordOf({ time, text }: LogLine): LogRecord {
  return recordIn(text) ?? { time, level: "info", event: "output", message: text };
}

/** The record that a line of a log is; undefined for what the code printed. */
export function recordIn(text: string): LogRecord | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return logLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
