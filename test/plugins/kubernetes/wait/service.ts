import { isMissing } from "../api-error.ts";
import type { Cluster } from "../cluster.ts";
import { arrayAt, type JsonObject, objectAt, textAt } from "../json.ts";
import { placeOf } from "../object.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";

/**
 * A Service is ready when a load balancer has given it an address, if it asks for one, and none of the pods that it selects
 * is unready. One without a cluster address or a selector looks at no pods.
 */
export async function serviceReadiness(cluster: Cluster, { live }: Look): Promise<Readiness> {
  const endpoints = looksAtPods(live) ? await endpointsOf(cluster, live) : undefined;
  const reasons = judgeService(live, endpoints);
  if (reasons.length === 0) return isReady;
  return { ready: false, status: "Finding Pods to direct traffic to", explain: async () => reasons };
}

/** What a Service still lacks. */
export function judgeService(service: JsonObject, endpoints: JsonObject | undefined): readonly string[] {
  const isUnready = arrayAt(endpoints, "subsets").some((subset) => arrayAt(subset, "notReadyAddresses").length > 0);
  const wantsAddress = textAt(service, "spec", "type") === "LoadBalancer";
  const hasAddress = arrayAt(service, "status", "loadBalancer", "ingress").length > 0;
  return [
    ...(isUnready
      ? [
          "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match " +
            "labels on any Pods",
        ]
      : []),
    ...(wantsAddress && !hasAddress
      ? ["Service was not allocated an IP address; does your cloud provider support this?"]
      : []),
  ];
}

/** Whether a Service waits for pods: it has a cluster address and a selector. */
export function looksAtPods(service: JsonObject): boolean {
  const isHeadless = textAt(service, "spec", "clusterIP") === "None";
  const isName = textAt(service, "spec", "type") === "ExternalName";
  return !isHeadless && !isName && Object.keys(objectAt(service, "spec", "selector")).length > 0;
}

/** The Endpoints of a Service, or undefined while there are none. */
export async function endpointsOf({ objects }: Cluster, service: JsonObject): Promise<JsonObject | undefined> {
  return await objects.get({ ...placeOf(service), kind: "Endpoints" }).catch((thrown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
}
