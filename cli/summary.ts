import type { UpdateReport } from "./collect-run.ts";
import { shortCommit } from "./status-table.ts";
import { formatElapsed } from "./terminal.ts";

/** More than these are counted, not named. */
const namedAtMost = 3;

/** What a run did: `transcribe is live at 1a2b3c4, in 4.2 s.`, `2 failed, 7 went live, in 9.8 s.` */
export function summaryOf({ failures, changed, changes, milliseconds }: UpdateReport): string {
  const elapsed = formatElapsed(milliseconds);
  const places = [...changed].map(([name, commit]) => [name, placeOf(commit)] as const);
  const areNamed = places.length > 0 && places.length <= namedAtMost;
  if (failures.size > 0) {
    const names = areNamed ? ` (${places.map(([name, place]) => `${name} ${place}`).join(", ")})` : "";
    return `${failures.size} failed, ${places.length} went live${names}, in ${elapsed}.`;
  }
  if (changes === 0) return `Nothing changed, in ${elapsed}.`;
  if (places.length === 0) return `All is as the registry says, in ${elapsed}.`;
  if (!areNamed) return `${places.length} went live, in ${elapsed}.`;
  return `${places.map(([name, place]) => `${name} is live ${place}`).join(", ")}, in ${elapsed}.`;
}

function placeOf(commit: string): string {
  const short = shortCommit(commit);
  return short.startsWith("none") ? "without a commit" : `at ${short}`;
}
