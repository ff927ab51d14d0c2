import type { KubernetesObject } from "@kubernetes/client-node";
import { UserError } from "../../errors.ts";
import { explainApiError, type KubeTarget, loadKubeConfig, objectLister } from "../../tools/kube-client.ts";
import { isUnknownKind } from "../../tools/unknown-kind.ts";
import { type ExistingObject, type ObjectReference, referenceKey } from "./ownership.ts";

/**
 * Which of these objects the cluster has. One question for each kind and namespace, however many objects there are.
 *
 * @param installing API groups whose kinds this run brings itself: a cluster that does not know them has no such object.
 * @returns The objects by `referenceKey`.
 * @throws UserError when the cluster cannot be asked, or does not know a kind.
 */
export async function existingObjects(
  wanted: readonly ObjectReference[],
  target: KubeTarget,
  installing: readonly string[] = [],
): Promise<ReadonlyMap<string, ExistingObject>> {
  if (wanted.length === 0) return new Map();
  const list = await lister(target, installing);
  const lists = new Map(wanted.map((reference) => [listKey(reference), reference]));
  const found = [...lists.values()].map(async (reference) => {
    const objects = await list(reference);
    return objects.map(({ metadata }) => ({
      apiVersion: reference.apiVersion,
      kind: reference.kind,
      namespace: metadata?.namespace,
      name: metadata?.name ?? "",
      annotations: metadata?.annotations ?? {},
    }));
  });
  const wantedKeys = new Set(wanted.map(referenceKey));
  const objects = (await Promise.all(found)).flat().map((object) => [referenceKey(object), object] as const);
  return new Map(objects.filter(([key]) => wantedKeys.has(key)));
}

/** Objects of one key are in one list. */
function listKey({ apiVersion, kind, namespace }: ObjectReference): string {
  return [apiVersion, kind, namespace].join(" ");
}

async function lister(target: KubeTarget, installing: readonly string[]) {
  const config = await loadKubeConfig(target);
  const list = await objectLister(config);
  return async (reference: ObjectReference): Promise<readonly KubernetesObject[]> => {
    const { apiVersion, kind } = reference;
    try {
      return await list(reference);
    } catch (thrown) {
      if (!isUnknownKind(thrown))
        throw await explainApiError(thrown, config, (code) => refusal(code, kind, apiVersion));
      if (installing.some((group) => apiVersion.startsWith(`${group}/`))) return [];
      const { server } = config.getCurrentCluster() ?? {};
      throw new UserError(
        `The cluster at ${server} does not know ${kind} objects (${apiVersion}). ${remedy(apiVersion)}`,
      );
    }
  };
}

function remedy(apiVersion: string): string {
  if (apiVersion.startsWith("keda.sh/")) {
    return "Install KEDA, have it installed with `conduit:keda`, or set `conduit:autoscaler` to `none`.";
  }
  if (apiVersion.startsWith("monitoring.coreos.com/")) {
    return "Install the Prometheus operator, or leave out `conduit:monitoring`.";
  }
  return "Update the cluster.";
}

function refusal(status: number, kind: string, apiVersion: string): string {
  const what = `The Kubernetes API refuses to list ${kind} objects (${apiVersion}, status ${status}).`;
  if (status === 401) return `${what} Log in to the cluster again.`;
  return `${what} Give the account that deploys the right to \`get\`, \`list\`, \`create\`, \`patch\` and \`delete\` them.`;
}
