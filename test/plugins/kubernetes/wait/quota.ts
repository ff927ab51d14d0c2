import type { Cluster } from "../cluster.ts";
import { equal, objectAt } from "../json.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";

/** A ResourceQuota is ready when its controller counts by it. */
export async function quotaReadiness(_cluster: Cluster, { live }: Look): Promise<Readiness> {
  if (equal(objectAt(live, "spec", "hard"), objectAt(live, "status", "hard"))) return isReady;
  const status = "Waiting for the ResourceQuota to be counted";
  return { ready: false, status, explain: async () => [status] };
}
