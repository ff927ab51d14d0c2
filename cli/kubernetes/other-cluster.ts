import { clusterIdentity, otherClusterProblem } from "../../components/kubernetes/cluster-identity.ts";
import { parseState } from "../state.ts";

/**
 * What is wrong when the kubeconfig leads to another cluster than the one that holds what the state tells of; undefined when
 * nothing is. A destroy runs no program that could look: it would find no object there, and forget those of the right one.
 */
export async function otherCluster(deployment: unknown): Promise<string | undefined> {
  const { cluster } = parseState(deployment);
  if (cluster === undefined) return undefined;
  const { context, identity } = cluster;
  return otherClusterProblem(identity, await clusterIdentity({ context }), context);
}
