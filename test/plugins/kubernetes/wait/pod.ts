import type { Cluster } from "../cluster.ts";
import { type JsonObject, textAt } from "../json.ts";
import { conditionOf } from "./conditions.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";
import { fullName, problemsOfPod } from "./pods.ts";

/** A pod is ready when it says so, or has done its work. */
export async function podReadiness(_cluster: Cluster, { live }: Look): Promise<Readiness> {
  if (judgePod(live)) return isReady;
  const status = `Waiting for Pod "${fullName(live)}" to be ready`;
  return { ready: false, status, explain: async () => problemsOfPod(live) };
}

/** Whether a pod is scheduled, initialized and ready. */
export function judgePod(pod: JsonObject): boolean {
  const isDone = textAt(pod, "status", "phase") === "Succeeded";
  const isTrue = (type: string) => conditionOf(pod, type)?.isTrue === true;
  return isTrue("PodScheduled") && isTrue("Initialized") && (isDone || isTrue("Ready"));
}
