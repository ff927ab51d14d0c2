import path from "node:path";
import { UserError } from "../../errors.ts";
import { addressOf, type Cluster, clusterOf, deadComponents } from "./cluster.ts";
import { commandLine } from "./command-line.ts";
import { readRecord } from "./record.ts";
import { startCluster } from "./start-cluster.ts";

// `tsx test/cluster/up.ts [--folder <folder>] [--node]` starts a cluster of Kubernetes for tests and leaves it running; with
// `--node` pods run in it.
void commandLine(async ({ folder, node }) => {
  const started = Date.now();
  const running = await runningCluster(folder);
  const cluster = running ?? (await startCluster({ folder, node, onProgress: (line) => console.log(line) }));
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const what = running === undefined ? `Started in ${seconds} s` : "Was already up";
  console.log(`${what}: ${cluster.address}. Take it down with \`npm run cluster:down\`.`);
  console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
});

async function runningCluster(folder: string): Promise<Cluster | undefined> {
  const record = await readRecord(folder);
  if (record === undefined) return undefined;
  const dead = await deadComponents(record);
  if (dead.length === 0 && record.complete) return clusterOf(folder, record);
  const problems = dead.map((name) => `\`${name}\` does not run; its log is \`${path.join(folder, `${name}.log`)}\`.`);
  const what = `The cluster at ${addressOf(record)} in \`${folder}\` is not whole.`;
  throw new UserError(`${what} Take it down with \`npm run cluster:down\`, then start it again.`, problems);
}
