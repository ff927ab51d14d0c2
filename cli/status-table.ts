import { commandName } from "../tools/command-name.ts";
import type { AlgorithmStatus } from "./json/status.ts";
import { restartsOf } from "./sentence.ts";
import { formatSpan, plain, table, wrap } from "./terminal.ts";

/** Lines of a problem that the table's notes show; all of them show where one algorithm is asked for. */
const noteLines = 4;

/** Columns in the order in which they go when the terminal is too narrow for all: the least telling first. */
const droppable = ["OWNER", "SINCE"];

/** An owner is cut before its column goes; what is shorter tells nothing. */
const shortestOwner = 8;

type Column = readonly [head: string, cell: (status: AlgorithmStatus) => string];

/** The table for people, at most `width` columns wide. */
export function statusTable(statuses: readonly AlgorithmStatus[], width = 80, now: Date = new Date()): string {
  const columns: Column[] = [
    ["ALGORITHM", ({ name, mock }) => (mock ? `${name} (mock)` : name)],
    ["WANTED", ({ wantedCommit }) => shortCommit(wantedCommit)],
    ["LIVE", ({ liveCommit }) => shortCommit(liveCommit)],
    ["POLL", ({ state, pollers }) => (state === "asleep" || state === "paused" ? state : String(pollers))],
    ["WAIT", ({ backlog }) => String(backlog)],
    ["RUN", ({ inFlight }) => (inFlight === null ? "-" : String(inFlight))],
    ["SINCE", ({ lastDeploy }) => (lastDeploy ? formatSpan(new Date(lastDeploy), now) : "-")],
    ["OWNER", ({ owner }) => plain(owner)],
  ];
  return fitted(columns, statuses, width);
}

/** What the table has no column for, each line wrapped to the width. */
export function statusNotes(statuses: readonly AlgorithmStatus[], width = 80): string[] {
  return statuses.flatMap((status) => notesOf(status).map((text) => wrap(`${status.name}: ${text}`, width, "  ")));
}

/** One algorithm, told in full. */
export function statusStory(status: AlgorithmStatus, width = 80): string[] {
  const problem = status.problem === null ? [] : [plain(status.problem)];
  return [status.says, ...problem, ...asides(status)].map((text) => wrap(text, width));
}

function fitted(columns: readonly Column[], statuses: readonly AlgorithmStatus[], width: number): string {
  const rows = [columns.map(([head]) => head), ...statuses.map((status) => columns.map(([, cell]) => cell(status)))];
  const excess =
    Math.max(
      ...table(rows)
        .split("\n")
        .map((line) => line.length),
    ) - width;
  const last = columns.at(-1)?.[0];
  if (excess <= 0 || last === undefined || !droppable.includes(last)) return table(rows);
  if (last === "OWNER") {
    const room = Math.max(...rows.map((row) => row.at(-1)?.length ?? 0)) - excess;
    if (room >= shortestOwner)
      return table(rows.map((row) => [...row.slice(0, -1), shortened(row.at(-1) ?? "", room)]));
  }
  return fitted(columns.slice(0, -1), statuses, width);
}

/** What stands below the table for one algorithm, each a sentence or more. */
function notesOf(status: AlgorithmStatus): string[] {
  const { name, problem, state, says } = status;
  const troubled = ["restarting", "disconnected", "starting", "paused"].includes(state);
  return [...(problem === null ? [] : [firstLines(problem, name)]), ...(troubled ? [says] : []), ...asides(status)];
}

/** What is good to know beside the main thing. */
function asides(status: AlgorithmStatus): string[] {
  const { name, state, restarts, draining, unapplied, problem, upToDate, wantedCommit, liveCommit } = status;
  const ends =
    draining === 1 ? "1 older worker finishes what it runs." : `${draining} older workers finish what they run.`;
  const asides: [boolean, string][] = [
    [state === "live" && restarts !== null, `Its worker was restarted: ${restartsOf({ restarts })}.`],
    // Its commits show the same for both.
    [
      problem === null && !upToDate && liveCommit !== null && shortCommit(wantedCommit) === shortCommit(liveCommit),
      `What was edited since is not live: \`${commandName} deploy ${name}\` makes it so.`,
    ],
    [draining > 0, ends],
    [unapplied.length > 0, `Not applied on this platform: ${unapplied.join(", ")}.`],
  ];
  return asides.flatMap(([applies, text]) => (applies ? [text] : []));
}

function firstLines(problem: string, name: string): string {
  const lines = plain(problem).trim().split("\n");
  if (lines.length <= noteLines) return lines.join("\n");
  return [...lines.slice(0, noteLines), `… \`${commandName} status ${name}\` shows all of it.`].join("\n");
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Seven characters, as git shows them; `mock`, an edited folder (`*`) and one without any commit (`none*`) stay visible. */
export function shortCommit(commit: string | null): string {
  if (commit === null) return "-";
  const [, hex, rest] = /^([0-9a-f]{12,40})(.*)$/.exec(commit) ?? [];
  if (hex === undefined) return plain(commit);
  return `${/^0+$/.test(hex) ? "none" : hex.slice(0, 7)}${rest?.replace("-dirty", "*")}`;
}
