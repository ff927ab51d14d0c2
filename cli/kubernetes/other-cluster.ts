import { z } from "zod";
import {
  clusterIdentity,
  otherClusterProblem,
  previousCluster,
  providerType,
} from "../../components/kubernetes/cluster-identity.ts";
import { partsOf } from "../../tools/urn.ts";

const values = z.record(z.string(), z.unknown()).default({});
const stateSchema = z.looseObject({
  resources: z.array(z.looseObject({ urn: z.string(), type: z.string(), inputs: values, outputs: values })).default([]),
});

const providerSchema = z.looseObject({ context: z.string().optional() });

/**
 * What is wrong when the kubeconfig leads to another cluster than the one that holds what the state tells of; undefined when
 * nothing is. A destroy runs no program that could look: it would find no object there, and forget those of the right one.
 */
export async function otherCluster(deployment: unknown): Promise<string | undefined> {
  const { resources } = stateSchema.parse(deployment ?? {});
  const named = resources.map((resource) => ({ ...resource, name: partsOf(resource.urn).name }));
  const ofType = (wanted: string) => named.filter(({ type }) => type === wanted);
  const [provider] = ofType(providerType);
  if (provider === undefined) return undefined;
  const { context } = providerSchema.parse(provider.inputs);
  const now = await clusterIdentity({ context });
  return otherClusterProblem(previousCluster({ ofType }), now, context);
}
