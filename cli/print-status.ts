import { commandName } from "../tools/command-name.ts";
import { printJson } from "./json/print-json.ts";
import { type StatusReport, statusSchema } from "./json/status.ts";
import { statusNotes, statusStory, statusTable } from "./status-table.ts";
import { outputWidth, print } from "./terminal.ts";

export interface PrintOptions {
  readonly json: boolean;
  /** Whether one algorithm was asked for: then it is told in full. */
  readonly inFull?: boolean;
}

/** Prints a status for people or programs. */
export function printStatus(report: StatusReport, { json, inFull = false }: PrintOptions): void {
  if (json) {
    printJson(statusSchema, report);
    return;
  }
  const width = outputWidth();
  const { algorithms, ui } = report;
  const notes = inFull ? algorithms.flatMap((one) => statusStory(one, width)) : statusNotes(algorithms, width);
  const server = ui ? `Temporal's UI: ${ui}` : `Temporal does not run. Start it with \`${commandName} up\`.`;
  print([statusTable(algorithms, width), ...notes, server].join("\n"));
}
