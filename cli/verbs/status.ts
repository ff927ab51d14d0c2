import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { gatherStatus, printStatus } from "../gather-status.ts";

/** `status`: asks git, Temporal and the workers; nothing is changed. */
export async function status(name: string | undefined, options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const only = name === undefined ? [] : [name];
  printStatus(await gatherStatus(context, await openStack(context), { only }), context.json);
  return 0;
}
