import { editDistance } from "../tools/edit-distance.ts";

/** The candidates that resemble `wanted` most, best first: what an error offers when a name was not found. */
export function nearest(wanted: string, candidates: readonly string[], count = 3): string[] {
  const limit = Math.max(2, Math.ceil(wanted.length / 2));
  return candidates
    .map((name) => ({ name, distance: resemblance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/** Names as a sentence lists them: "`a`, `b` and `c`". At most `most` are named, the rest counted. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => `\`${printable(name)}\``);
  if (names.length > most) shown.push(`${names.length - most} more`);
  const last = shown.pop() ?? "";
  return shown.length > 0 ? `${shown.join(", ")} and ${last}` : last;
}

/** A name from a repository, safe to print: control characters are escaped. */
export function printable(name: string): string {
  return /[\p{Cc}\p{Cf}]/u.test(name)
    ? JSON.stringify(name)
        .slice(1, -1)
        .replace(/[\p{Cc}\p{Cf}]/gu, escaped)
    : name;
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

/** Edit distance, but a part of the other counts as near: `identify` resembles `speaker/identify`. */
function resemblance(a: string, b: string): number {
  return a.includes(b) || b.includes(a) ? 1 : editDistance(a, b);
}
