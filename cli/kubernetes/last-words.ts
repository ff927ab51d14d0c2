import { recordIn } from "../log-lines.ts";

/**
 * What the end of a log says: the message of its last record that tells of an error, else its last line. Undefined when
 * there is none.
 */
export function lastWords(log: string): string | undefined {
  const lines = log
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const records = lines.flatMap((line) => recordIn(line) ?? []);
  const error = records.findLast(({ level }) => level === "error" || level === "critical");
  const last = lines.at(-1);
  return error?.message ?? (last === undefined ? undefined : (recordIn(last)?.message ?? last));
}
