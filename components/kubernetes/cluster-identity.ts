import { type KubeTarget, loadKubeConfig } from "../../tools/kube-client.ts";
import type { PreviousResources } from "../platform.ts";

/** What tells a cluster from every other: the id of its namespace `kube-system`, which lives as long as the cluster. */
export type ClusterIdentity = string;

/** Asks a cluster who it is; undefined where it cannot be asked or the account may not know. */
export async function clusterIdentity(target: KubeTarget): Promise<ClusterIdentity | undefined> {
  const config = await loadKubeConfig(target);
  if (!config.getCurrentCluster()) return undefined;
  const { CoreV1Api } = await import("@kubernetes/client-node");
  try {
    const { metadata } = await config.makeApiClient(CoreV1Api).readNamespace({ name: "kube-system" });
    return metadata?.uid;
  } catch {
    // Whatever is wrong is told by what needs the cluster.
    return undefined;
  }
}

/** The type of the provider's resource, whose `clusterIdentifier` the state keeps. */
export const providerType = "pulumi:providers:kubernetes";

/** What the state holds where no account could tell; it stays, since another value means to make everything anew. */
export const unknownCluster = "unknown";

/** The cluster on which the last run made its objects; undefined when it made none. */
export function previousCluster(previous: Pick<PreviousResources, "ofType">): ClusterIdentity | undefined {
  const known = previous.ofType(providerType).map(({ outputs }) => outputs.clusterIdentifier);
  return known.find((identifier) => typeof identifier === "string");
}

/**
 * What is wrong when the kubeconfig leads to another cluster than the last run's; undefined when nothing is.
 *
 * @param context The context that the stack's settings name, if they do.
 */
export function otherClusterProblem(
  before: ClusterIdentity | undefined,
  now: ClusterIdentity | undefined,
  context: string | undefined,
): string | undefined {
  if (before === undefined || before === unknownCluster || now === undefined || before === now) return undefined;
  const way =
    context === undefined
      ? "The kubeconfig's current context is another: choose it with `kubectl config use-context`, and name it in `conduit:kubernetes.context`, so that nobody deploys to the wrong one."
      : `The context \`${context}\` of \`conduit:kubernetes.context\` leads to another: correct it, or the kubeconfig.`;
  return `What this stack made is on the cluster \`${before}\` (the uid of its namespace \`kube-system\`), and this one is \`${now}\`. ${way} To move it, take it down there first.`;
}
