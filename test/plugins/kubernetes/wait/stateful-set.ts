import type { Cluster } from "../cluster.ts";
import { type JsonObject, numberAt, textAt } from "../json.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";
import { podProblems } from "./pods.ts";

/** A StatefulSet is ready when every replica is, and all are of the latest revision. */
export async function statefulSetReadiness(cluster: Cluster, { live }: Look): Promise<Readiness> {
  const { ready, status, reasons } = judgeStatefulSet(live);
  if (ready) return isReady;
  return { ready, status, explain: async () => [...reasons, ...(await podProblems(cluster, live))] };
}

/** What a StatefulSet says of itself. */
export function judgeStatefulSet(set: JsonObject): {
  readonly ready: boolean;
  readonly status: string;
  readonly reasons: readonly string[];
} {
  const count = (field: string) => numberAt(set, "status", field) ?? 0;
  const generation = numberAt(set, "metadata", "generation") ?? 0;
  const wanted = numberAt(set, "spec", "replicas") ?? 0;
  const isSeen = count("observedGeneration") >= generation;
  const [current, latest] = [textAt(set, "status", "currentRevision"), textAt(set, "status", "updateRevision")];
  const isOnDelete = generation > 1 && textAt(set, "spec", "updateStrategy", "type") === "OnDelete";
  const isLatest = isSeen && (isOnDelete || (current !== undefined && current === latest));
  const counts = isOnDelete ? ["replicas", "readyReplicas"] : ["replicas", "readyReplicas", "currentReplicas"];
  const areReady = isSeen && counts.every((field) => count(field) === wanted);
  const ready = isLatest ? count("readyReplicas") : Math.min(count("readyReplicas"), count("updatedReplicas"));
  const status = `Waiting for StatefulSet to create Pods (${ready}/${wanted} Pods ready)`;
  const replicas = areReady ? [] : [`${ready} out of ${wanted} replicas succeeded readiness checks`];
  const revision = `StatefulSet controller failed to advance from revision "${current}" to revision "${latest}"`;
  return { ready: areReady && isLatest, status, reasons: [...replicas, ...(isLatest ? [] : [revision])] };
}
