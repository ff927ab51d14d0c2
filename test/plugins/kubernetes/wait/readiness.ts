import type { Cluster } from "../cluster.ts";
import { type JsonObject, textAt } from "../json.ts";
import { daemonSetReadiness } from "./daemon-set.ts";
import { deploymentReadiness } from "./deployment.ts";
import { ingressReadiness } from "./ingress.ts";
import { jobReadiness } from "./job.ts";
import type { Judge, Look, Readiness } from "./judge.ts";
import { isReady } from "./judge.ts";
import { podReadiness } from "./pod.ts";
import { quotaReadiness } from "./quota.ts";
import { serviceReadiness } from "./service.ts";
import { statefulSetReadiness } from "./stateful-set.ts";
import { claimReadiness, volumeReadiness } from "./volumes.ts";

const judges: Readonly<Record<string, Judge>> = {
  "apps/v1/DaemonSet": daemonSetReadiness,
  "apps/v1/Deployment": deploymentReadiness,
  "apps/v1/StatefulSet": statefulSetReadiness,
  "batch/v1/Job": jobReadiness,
  "networking.k8s.io/v1/Ingress": ingressReadiness,
  "v1/PersistentVolume": volumeReadiness,
  "v1/PersistentVolumeClaim": claimReadiness,
  "v1/Pod": podReadiness,
  "v1/ResourceQuota": quotaReadiness,
  "v1/Service": serviceReadiness,
};

/** The judge for an object of a kind; other kinds are ready as soon as they are there. */
export function judgeOf(object: JsonObject): Judge | undefined {
  return judges[`${textAt(object, "apiVersion")}/${textAt(object, "kind")}`];
}

// A read tells nothing of the others: what they wait for happens once.
const readKinds: readonly string[] = ["DaemonSet", "Deployment", "Ingress", "Job", "Pod", "Service", "StatefulSet"];

/** Whether an object that is read is ready now. */
export async function readinessNow(cluster: Cluster, look: Look): Promise<Readiness> {
  const judge = readKinds.includes(textAt(look.live, "kind") ?? "") ? judgeOf(look.live) : undefined;
  return (await judge?.(cluster, look)) ?? isReady;
}
