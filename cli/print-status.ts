import { commandName } from "../tools/command-name.ts";
import { coloured } from "./colour.ts";
import type { StatusReport } from "./json/status.ts";
import { commandOn } from "./sentence.ts";
import { statusNotes, statusStory, statusTable } from "./status-table.ts";
import { outputWidth, print } from "./terminal.ts";

/**
 * Prints a status for people.
 *
 * @param options.inFull Whether one algorithm was asked for: then it is told in full.
 */
export function printStatus(report: StatusReport, { inFull = false } = {}): void {
  const { stack, address, algorithms, ui, unreachable } = report;
  const width = outputWidth();
  const notes = inFull ? algorithms.flatMap((one) => statusStory(one, width)) : statusNotes(algorithms, width);
  const stopped = `Temporal does not run. Start it with \`${commandOn(stack, "up")}\`.`;
  const server = ui ? [`Temporal's UI: ${ui}`] : address ? [`Temporal: ${address}`] : [];
  const temporal = [...server, ...unreachable];
  const [head = "", ...rows] = statusTable(algorithms, width).split("\n");
  const lines = rows.map((row, index) => colouredRow(row, algorithms[index]));
  const none = `The registry has no algorithm yet: \`${commandName} init NAME\` writes a first one.`;
  print(
    [
      ...(algorithms.length > 0 ? [coloured("bold", head), ...lines] : [none]),
      ...notes,
      ...(temporal.length > 0 ? temporal : [stopped]),
    ].join("\n"),
  );
}

/** What serves its newest version needs no look. */
function colouredRow(row: string, status: StatusReport["algorithms"][number] | undefined): string {
  if (status?.state === "asleep" || (status?.state === "live" && status.upToDate)) return row;
  return coloured(status?.state === "live" ? "yellow" : "red", row);
}
