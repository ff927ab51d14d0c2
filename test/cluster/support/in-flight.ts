import type { Cluster } from "../cluster.ts";
import { Objects } from "./objects.ts";
import { requestsTo } from "./requests.ts";
import { workerPods } from "./workers.ts";
import { isPodReady } from "./workloads.ts";

/** How many activities the workers of an algorithm in the namespace `speech` run, as each tells of itself. */
export async function inFlight({ kubeconfig }: Cluster, algorithm: string): Promise<number> {
  const pods = await workerPods(new Objects(kubeconfig), algorithm);
  const told = pods.filter(isPodReady).map(async ({ metadata }) => {
    const path = `/api/v1/namespaces/speech/pods/${metadata?.name}:8080/proxy/healthz`;
    return (await requestsTo(kubeconfig)<{ inFlight: number }>({ method: "GET", path })).inFlight;
  });
  return (await Promise.all(told)).reduce((sum, each) => sum + each, 0);
}
