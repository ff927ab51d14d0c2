import type { UpdateReport } from "./collect-run.ts";
import { type WatchLine, watchLineSchema } from "./json/deploy.ts";
import { printJsonLine } from "./json/print-json.ts";
import { summaryOf } from "./summary.ts";
import { note } from "./terminal.ts";

/** What `./conduit watch` tells of. */
export type WatchEvent =
  | { readonly event: "watching"; readonly algorithms: readonly string[] }
  | { readonly event: "deployed"; readonly report: UpdateReport }
  | { readonly event: "problem"; readonly message: string };

export type Tell = (event: WatchEvent) => void;

export const tellPeople: Tell = (event) => {
  if (event.event === "watching") note(`Watching ${event.algorithms.join(", ")}. Stop with Ctrl-C.`);
  if (event.event === "deployed") note(summaryOf(event.report));
  if (event.event === "problem") note(event.message);
};

export const tellJson: Tell = (event) => printJsonLine(watchLineSchema, lineOf(event, new Date().toISOString()));

function lineOf(event: WatchEvent, time: string): WatchLine {
  if (event.event === "watching") return { event: "watching", time, algorithms: [...event.algorithms] };
  if (event.event === "problem") return { event: "problem", time, message: event.message };
  const { changed, failures, milliseconds } = event.report;
  const deployed = [...changed].map(([name, commit]) => ({ name, commit }));
  return { event: "deployed", time, deployed, failures: Object.fromEntries(failures), milliseconds };
}
