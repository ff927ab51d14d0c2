import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { Objects, Reference } from "./objects.ts";

const namespace = "speech";

/** The Deployment of an algorithm's workers, by its name: that of the algorithm, or with its lane's behind it. */
export function workerDeployment(name: string): Reference {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } };
}

/** An algorithm's pods that are not on their way out. */
export async function workerPods(objects: Objects, name: string): Promise<V1Pod[]> {
  const labels = `app.kubernetes.io/name=${name},app.kubernetes.io/component=worker`;
  const pods = await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { namespace, labels });
  return pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

/** Waits until so many workers are wanted. */
export async function untilWorkers(objects: Objects, name: string, count: number): Promise<void> {
  await objects.wait<V1Deployment>(workerDeployment(name), (found) => found?.spec?.replicas === count);
}
