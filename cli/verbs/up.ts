import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { gatherStatus, printStatus } from "../gather-status.ts";
import { prepareTools } from "../prepare-tools.ts";
import { note } from "../terminal.ts";
import { summaryOf, update } from "../update.ts";

/** `up`: the whole stack, then the status table. Exit code 1 when any algorithm is not live as wanted. */
export async function up(options: GlobalOptions & { only?: string[] }): Promise<number> {
  const context = contextOf(options);
  await prepareTools();
  const stack = await openStack(context, { create: true, ...(options.only ? { only: options.only } : {}) });
  const report = await update(stack, options.only);
  note(summaryOf(report));
  const status = await gatherStatus(context, stack);
  printStatus(status, context.json);
  const idle = status.algorithms.filter(
    ({ name, pollers, runs }) =>
      runs && pollers === 0 && !report.failures.has(name) && (options.only ?? [name]).includes(name),
  );
  for (const { name } of idle)
    note(`\`${name}\` is not live: no worker polls its queue. See \`./conduit logs ${name}\`.`);
  return report.failures.size > 0 || idle.length > 0 ? 1 : 0;
}
