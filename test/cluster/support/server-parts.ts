import type { V1Deployment } from "@kubernetes/client-node";
import type { Objects } from "./objects.ts";

/** Temporal's Deployments and how many of their pods are ready, of those that are wanted. */
export async function serverParts(objects: Objects): Promise<string[]> {
  const kind = { apiVersion: "apps/v1", kind: "Deployment" };
  const deployments = await objects.list<V1Deployment>(kind, { namespace: "temporal" });
  return deployments
    .map(({ metadata, spec, status }) => `${metadata?.name} ${status?.readyReplicas}/${spec?.replicas}`)
    .toSorted();
}
