import { ApiException, CoreV1Api, KubeConfig } from "@kubernetes/client-node";

/** What all pods say that run or have run to their end, each under a line with its name. */
export async function everyLog(kubeconfig: string): Promise<string> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const { items } = await api.listPodForAllNamespaces();
  const begun = items.filter(({ status }) => status?.phase !== "Pending");
  const logs = begun.map(async ({ metadata: { name = "", namespace = "" } = {} }) => {
    const log = await api.readNamespacedPodLog({ name, namespace }).catch(gone);
    return `${namespace}/${name}\n${log}`;
  });
  return (await Promise.all(logs)).join("\n");
}

/** Nothing, of a pod that has gone since it was listed. */
function gone(thrown: unknown): string {
  if (thrown instanceof ApiException && thrown.code === 404) return "";
  throw thrown;
}
