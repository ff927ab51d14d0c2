import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { gatherStatus, printStatus } from "../gather-status.ts";
import { prepareTools } from "../prepare-tools.ts";
import { note } from "../terminal.ts";
import { summaryOf, update } from "../update.ts";

/** `up`: the whole stack, then the status table. Exit code 1 when any algorithm failed; the others are live all the same. */
export async function up(options: GlobalOptions & { only?: string[] }): Promise<number> {
  const context = contextOf(options);
  await prepareTools();
  const stack = await openStack(context, { create: true, ...(options.only ? { only: options.only } : {}) });
  const report = await update(stack, options.only);
  note(summaryOf(report));
  printStatus(await gatherStatus(context, stack), context.json);
  return report.failures.size > 0 ? 1 : 0;
}
