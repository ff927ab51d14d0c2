import { unknownAlgorithm } from "../../stacks/only.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { gatherStatus, printStatus } from "../gather-status.ts";

/** `status`: asks git, Temporal and the workers; nothing is changed. */
export async function status(name: string | undefined, options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const report = await gatherStatus(context, await openStack(context));
  const algorithms = report.algorithms.filter((algorithm) => name === undefined || algorithm.name === name);
  if (name !== undefined && algorithms.length === 0) throw unknownAlgorithm([name], report.algorithms);
  printStatus({ ...report, algorithms }, context.json);
  return 0;
}
