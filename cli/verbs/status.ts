import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { gatherStatus } from "../gather-status.ts";
import { printJson } from "../json/print-json.ts";
import { statusSchema } from "../json/status.ts";
import { printStatus } from "../print-status.ts";

/** `status`: asks git, Temporal and the workers; nothing is changed. */
export async function status(name: string | undefined, options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const only = name === undefined ? [] : [name];
  const report = await gatherStatus(context, await openStack(context, { only }), { only });
  if (context.json) printJson(statusSchema, report);
  else printStatus(report, { inFull: name !== undefined });
  return 0;
}
