import { setTimeout as sleep } from "node:timers/promises";
import { prodSettings, provideForProd } from "../test/cluster/support/prod-temporal.ts";
import { openRealStack } from "../test/cluster/support/real-stack.ts";
import { answering } from "../test/support/algorithms.ts";
import { podUsageTable } from "./pod-usage.ts";

// What a whole stack uses when nothing is called: the stack `prod` on a real node, with Temporal's services on PostgreSQL, KEDA,
// and one worker. Prints the README's table. `npm run bench:at-rest [seconds]`; needs root, as the tests' clusters do.

const seconds = Number(process.argv[2] ?? 120);

const stack = await openRealStack({
  name: "prod",
  algorithms: { ranker: { files: answering("first"), entry: { scaling: { min: 1 } } } },
  keda: true,
  settings: await prodSettings(),
  provide: provideForProd,
});
try {
  await stack.conduit("up");
  // By then what the start left to do is done.
  await sleep(seconds * 1000);
  process.stdout.write(`${await podUsageTable(stack.cluster.kubeconfig, seconds)}\n`);
} finally {
  await stack.close();
}
