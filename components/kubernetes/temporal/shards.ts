import { z } from "zod";

const outputs = z.looseObject({ numHistoryShards: z.int() });

/**
 * What is wrong with the number of shards that a cluster is to have, if anything: its histories lie in the shards that it
 * was made with, and a server with another number would not find them.
 *
 * @param previous The outputs that the cluster had in the last update; anything else when there was none.
 */
export function shardProblem(previous: unknown, wanted: number): string | undefined {
  const known = outputs.safeParse(previous);
  if (!known.success || known.data.numHistoryShards === wanted) return undefined;
  const { numHistoryShards } = known.data;
  return (
    `\`temporal.numHistoryShards\` is ${wanted}, but the cluster was made with ${numHistoryShards}, which can never be ` +
    `changed: its histories would be lost. Write ${numHistoryShards}, or make a new stack.`
  );
}
