import { z } from "zod";

const record = z.looseObject({
  time: z.string(),
  level: z.string(),
  message: z.string(),
  version: z.string().optional(),
});

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
  if (!parsed) return text;
  const clock = new Date(parsed.time).toTimeString().slice(0, 8);
  return `${clock} ${parsed.level.padEnd(7)} ${(parsed.version ?? "").slice(0, 7).padEnd(7)}  ${parsed.message}`;
}

function recordIn(text: string): z.infer<typeof record> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return record.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
