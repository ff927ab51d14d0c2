import { z } from "zod";
import { type ClusterIdentity, providerType } from "../../components/kubernetes/cluster-identity.ts";
import { algorithmAbove } from "../owners.ts";

/** A resource of the stack's state, as far as it is read here. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string | undefined;
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
  readonly outputs?: Readonly<Record<string, unknown>> | undefined;
}

/** Objects of a cluster that a stack made. */
export interface StackCluster {
  /** The context of the kubeconfig; undefined for its current one. */
  readonly context: string | undefined;
  /** Which cluster it is; undefined where the state does not tell. */
  readonly identity: ClusterIdentity | undefined;
  /** The Kubernetes namespaces of each algorithm's objects. */
  readonly namespaces: ReadonlyMap<string, string>;
}

const providerSchema = z.looseObject({ context: z.string().optional() });
const identifiedSchema = z.looseObject({ clusterIdentifier: z.string() });
const manifestSchema = z.looseObject({ metadata: z.looseObject({ namespace: z.string() }) });

/** Where the stack's algorithms run, by its state; undefined for a stack without a cluster. */
export function clusterIn(resources: readonly StateResource[]): StackCluster | undefined {
  const provider = resources.find(({ type }) => type === providerType);
  if (provider === undefined) return undefined;
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  const placed = resources.flatMap(({ urn, type, inputs }): [string, string][] => {
    if (!type.startsWith("kubernetes:")) return [];
    const algorithm = algorithmAbove(urn, parents);
    const manifest = manifestSchema.safeParse(inputs).data;
    return algorithm === undefined || manifest === undefined ? [] : [[algorithm, manifest.metadata.namespace]];
  });
  return {
    context: providerSchema.safeParse(provider.inputs).data?.context,
    identity: identifiedSchema.safeParse(provider.outputs).data?.clusterIdentifier,
    namespaces: new Map(placed),
  };
}
