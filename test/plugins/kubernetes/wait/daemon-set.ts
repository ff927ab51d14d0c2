import type { Cluster } from "../cluster.ts";
import { numberAt, textAt } from "../json.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";
import { podProblems } from "./pods.ts";

/** A DaemonSet is ready when each of its nodes runs a ready pod of the latest version. */
export async function daemonSetReadiness(cluster: Cluster, { live }: Look): Promise<Readiness> {
  const count = (field: string) => numberAt(live, "status", field) ?? 0;
  const isSeen = count("observedGeneration") >= (numberAt(live, "metadata", "generation") ?? 0);
  const wanted = count("desiredNumberScheduled");
  const isOnDelete = textAt(live, "spec", "updateStrategy", "type") === "OnDelete";
  const isUpdated = isOnDelete || count("updatedNumberScheduled") >= wanted;
  if (isSeen && isUpdated && count("numberReady") >= wanted) return isReady;
  const status = `Waiting for DaemonSet Pods (${count("numberReady")}/${wanted} Pods ready)`;
  return { ready: false, status, explain: async () => [status, ...(await podProblems(cluster, live))] };
}
