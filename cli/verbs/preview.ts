import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { print } from "../terminal.ts";
import { collectRun } from "../update.ts";

/** `preview`: what `up` would change; nothing is changed. */
export async function preview(options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const stack = await openStack(context);
  const run = collectRun();
  const { changeSummary, stdout } = await stack.preview({ color: "never", onEvent: run.onEvent });
  if (context.json)
    print(JSON.stringify({ changes: changeSummary, failures: Object.fromEntries(run.failures) }, null, 2));
  else print(stdout.trim());
  return run.failures.size > 0 ? 1 : 0;
}
