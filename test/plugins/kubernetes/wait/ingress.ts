import type { Cluster } from "../cluster.ts";
import { arrayAt } from "../json.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";

/** An Ingress is ready when its controller has given it an address. */
export async function ingressReadiness(_cluster: Cluster, { live }: Look): Promise<Readiness> {
  if (arrayAt(live, "status", "loadBalancer", "ingress").length > 0) return isReady;
  const status = "Ingress .status.loadBalancer field was not updated with a hostname/IP address.";
  return { ready: false, status, explain: async () => [status] };
}
