import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { previewSchema } from "../json/deploy.ts";
import { printJson } from "../json/print-json.ts";
import { plainProgress } from "../progress.ts";
import { print } from "../terminal.ts";
import { runEngine } from "../update.ts";

/** `preview`: what `up` would change; nothing is changed. Exit code 1 when an algorithm has a problem. */
export async function preview(given: GlobalOptions): Promise<number> {
  const context = contextOf(given);
  const stack = await openStack(context, { create: true });
  let changes = {};
  let output = "";
  const { failures, gaps } = await runEngine(
    async (options) => {
      const { changeSummary, stdout } = await stack.preview({ ...options });
      changes = changeSummary;
      output = stdout.trim();
    },
    { progress: plainProgress(() => {}) },
  );
  const found = { gaps: Object.fromEntries(gaps), failures: Object.fromEntries(failures) };
  if (context.json) printJson(previewSchema, { changes, ...found });
  else print([output, ...gaps.values()].join("\n"));
  return failures.size > 0 ? 1 : 0;
}
