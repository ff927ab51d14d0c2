import { stopCluster } from "./cluster.ts";
import { commandLine } from "./command-line.ts";
import { readRecord } from "./record.ts";

// `tsx test/cluster/down.ts [--folder <folder>]` takes down the cluster that `up.ts` started.
void commandLine(async ({ folder }) => {
  const record = await readRecord(folder);
  if (record === undefined) return console.log(`No cluster is up in \`${folder}\`.`);
  await stopCluster(folder);
  console.log(`Took down the cluster in \`${folder}\`.`);
});
