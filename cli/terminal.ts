import { stripVTControlCharacters } from "node:util";

/** A line for people; goes to standard error, so that standard output holds only results. */
export function note(line: string): void {
  const { stderr } = process;
  stderr.write(`${stderr.isTTY ? wrap(line, columnsOf(stderr), "  ") : line}\n`);
}

/** A result, for people or programs. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Columns that a line on standard output may take. */
export function outputWidth(): number {
  return columnsOf(process.stdout);
}

/** A terminal's columns; 80 when it is none, or does not tell: that of a container may say 0. */
export function columnsOf({ columns }: Pick<NodeJS.WriteStream, "columns">): number {
  return columns || 80;
}

/** Text of an algorithm's repository or its tools, safe on a terminal: no control characters but line breaks. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, "    ")
    .replace(/(?!\n)\p{Cc}/gu, "");
}

/**
 * Breaks lines that are longer than the width between words; a word that is longer stays whole.
 *
 * @param indent Before each line but the first.
 */
export function wrap(text: string, width: number, indent = ""): string {
  return text
    .split("\n")
    .map((line, index) => wrapLine(index === 0 ? line : indent + line, width, indent))
    .join("\n");
}

function wrapLine(line: string, width: number, indent: string): string {
  const lead = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = lead;
  for (const word of line.slice(lead.length).split(" ")) {
    const isFirst = current.trim() === "";
    if (!isFirst && current.length + 1 + word.length > width) {
      lines.push(current.trimEnd());
      current = `${lead || indent}${word}`;
    } else {
      current = isFirst ? `${current}${word}` : `${current} ${word}`;
    }
  }
  return [...lines, current].join("\n");
}

/** Columns padded to their widest cell, two spaces between; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** `950 ms`, `4.2 s`, `3 min 20 s`. */
export function formatElapsed(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How long ago: `now`, `4 min`, `3 h`, `2 d`. */
export function formatSpan(since: Date, now: Date = new Date()): string {
  const minutes = Math.floor((now.getTime() - since.getTime()) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} d`;
}

/** `just now`, `4 min ago`, `3 h ago`, `2 d ago`. */
export function formatAge(since: Date, now: Date = new Date()): string {
  const span = formatSpan(since, now);
  return span === "now" ? "just now" : `${span} ago`;
}
