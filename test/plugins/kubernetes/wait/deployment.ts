import type { Cluster } from "../cluster.ts";
import { type JsonObject, numberAt, objectAt } from "../json.ts";
import { annotationOf, namespaceOf } from "../object.ts";
import { conditionOf, quoted } from "./conditions.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";
import { isOwnedBy, podProblems, selectorText } from "./pods.ts";

const revision = "deployment.kubernetes.io/revision";

/**
 * A Deployment is ready when its controller has seen it, it is available, and the ReplicaSet of its latest revision has as
 * many ready pods as that ReplicaSet asks for. At zero replicas it is ready at once.
 */
export async function deploymentReadiness(cluster: Cluster, { live }: Look): Promise<Readiness> {
  const replicaSets = isSeen(live) ? await replicaSetsOf(cluster, live) : [];
  const judgement = judgeDeployment(live, replicaSets);
  if (judgement.ready) return isReady;
  const explain = async () => [...judgement.reasons, ...(await problemsOfLatest(cluster, live))];
  return { ready: false, status: judgement.status, explain };
}

/** What a Deployment and its ReplicaSets say. */
export function judgeDeployment(
  deployment: JsonObject,
  replicaSets: readonly JsonObject[],
): { readonly ready: boolean; readonly status: string; readonly reasons: readonly string[] } {
  const latest = annotationOf(deployment, revision);
  const replicaSet = replicaSets.find((one) => latest !== undefined && annotationOf(one, revision) === latest);
  const wanted = numberAt(replicaSet, "spec", "replicas") ?? 1;
  const ready = numberAt(replicaSet, "status", "readyReplicas") ?? 0;
  const progressing = conditionOf(deployment, "Progressing");
  const available = conditionOf(deployment, "Available");
  const isRolledOut = latest === "1" || (progressing?.isTrue && progressing.reason === "NewReplicaSetAvailable");
  const isLive = replicaSet !== undefined && ready >= wanted;
  const reasons = [progressing, available]
    .filter((condition) => condition !== undefined)
    .filter((condition) => !condition.isTrue)
    .map(quoted);
  const status = `Waiting for app ReplicaSet to be available (${ready}/${wanted} Pods available)`;
  if (isSeen(deployment) && available?.isTrue && isRolledOut && isLive) return { ready: true, status, reasons: [] };
  const missing = whatIsMissing(available?.isTrue === true, isRolledOut === true, latest === "1");
  return { ready: false, status, reasons: [...reasons, missing] };
}

function whatIsMissing(isAvailable: boolean, isRolledOut: boolean, isFirst: boolean): string {
  if (!isAvailable) return "Minimum number of live Pods was not attained";
  if (!isRolledOut || isFirst) return "Minimum number of Pods to consider the application live was not attained";
  return "Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live";
}

function isSeen(deployment: JsonObject): boolean {
  return numberAt(deployment, "status", "observedGeneration") === numberAt(deployment, "metadata", "generation");
}

async function replicaSetsOf({ objects }: Cluster, deployment: JsonObject): Promise<readonly JsonObject[]> {
  const labelSelector = selectorText(objectAt(deployment, "spec", "selector", "matchLabels"));
  const kind = { apiVersion: "apps/v1", kind: "ReplicaSet" };
  const found = await objects.list(kind, namespaceOf(deployment), { labelSelector });
  return found.filter((one) => isOwnedBy(one, deployment));
}

async function problemsOfLatest(cluster: Cluster, deployment: JsonObject): Promise<readonly string[]> {
  const latest = annotationOf(deployment, revision);
  const replicaSets = await replicaSetsOf(cluster, deployment);
  const replicaSet = replicaSets.find((one) => annotationOf(one, revision) === latest);
  return replicaSet === undefined ? [] : await podProblems(cluster, replicaSet);
}
