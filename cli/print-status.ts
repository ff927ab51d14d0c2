import { commandName } from "../tools/command-name.ts";
import type { StatusReport } from "./json/status.ts";
import { statusNotes, statusStory, statusTable } from "./status-table.ts";
import { outputWidth, print } from "./terminal.ts";

/**
 * Prints a status for people.
 *
 * @param options.inFull Whether one algorithm was asked for: then it is told in full.
 */
export function printStatus({ algorithms, ui }: StatusReport, { inFull = false } = {}): void {
  const width = outputWidth();
  const notes = inFull ? algorithms.flatMap((one) => statusStory(one, width)) : statusNotes(algorithms, width);
  const server = ui ? `Temporal's UI: ${ui}` : `Temporal does not run. Start it with \`${commandName} up\`.`;
  print([statusTable(algorithms, width), ...notes, server].join("\n"));
}
