import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stopCluster } from "./cluster.ts";
import { runs } from "./processes.ts";
import { readRecord } from "./record.ts";

/** What the names of folders begin with that are made for clusters without a folder of their own. */
export const folderPrefix = "conduit-cluster-";

/** Takes down the clusters of this machine whose tests were killed before they could. */
export async function stopAbandonedClusters(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(folderPrefix));
  for (const folder of names.map((name) => path.join(tmpdir(), name))) {
    const owner = (await readRecord(folder))?.owner;
    if (owner !== undefined && !(await runs(owner))) await stopCluster(folder);
  }
}
