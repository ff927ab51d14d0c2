import type { KubernetesObject, KubernetesObjectApi } from "@kubernetes/client-node";
import { z } from "zod";
import { stackAnnotation } from "../../components/kubernetes/metadata.ts";
import { type ObjectReference, referenceKey } from "../../components/kubernetes/ownership.ts";
import { referenceOf } from "../../components/kubernetes/ownership-guard.ts";
import { explainApiError, type KubeTarget, loadKubeConfig } from "../../tools/kube-client.ts";

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  retainOnDelete: z.boolean().default(false),
  protect: z.boolean().default(false),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
const stateSchema = z.looseObject({
  resources: z.array(resourceSchema).default([]),
  pending_operations: z.array(z.looseObject({ type: z.string(), resource: resourceSchema })).default([]),
});
const annotatedSchema = z.looseObject({
  metadata: z.looseObject({ annotations: z.looseObject({ [stackAnnotation]: z.string() }) }),
});

/** What is to be done about the creates in which an earlier run was killed. */
export interface KilledCreates {
  /** Objects that may be there, and that nobody wants any more: the state knows none of them. */
  readonly unwanted: readonly UnwantedObject[];
  /** Whether some may yet be wanted: a later run finds them, or tells. */
  readonly open: boolean;
}

export interface UnwantedObject extends ObjectReference {
  /** The stack whose annotation it bears, if the killed run made it. */
  readonly stack: string;
}

/**
 * Sorts the creates in which an earlier run was killed, by the state after a later run. What that one wanted too it found and
 * took over. What it has in another place now, as the gate of another version, is wanted no more, nor is what it does not
 * have although it was `complete`. The rest waits: its algorithm may have failed before.
 *
 * @param complete Whether all that is wanted is in the state: the run was not limited, and nothing failed.
 */
export function killedCreates(deployment: unknown, complete: boolean): KilledCreates {
  const { resources, pending_operations: pending } = stateSchema.parse(deployment ?? {});
  const keys = new Set(resources.flatMap(({ type, inputs }) => keyOf(type, inputs) ?? []));
  const urns = new Set(resources.map(({ urn }) => urn));
  const missing = pending.flatMap(({ type, resource }) => {
    const key = type === "creating" ? keyOf(resource.type, resource.inputs) : undefined;
    return key === undefined || keys.has(key) ? [] : [resource];
  });
  const given = missing.filter(({ urn }) => complete || urns.has(urn));
  const unwanted = given.flatMap(({ type, inputs, retainOnDelete, protect }) => {
    const reference = referenceOf(type, inputs);
    const stack = annotatedSchema.safeParse(inputs).data?.metadata.annotations[stackAnnotation];
    return reference === undefined || stack === undefined || retainOnDelete || protect ? [] : [{ ...reference, stack }];
  });
  return { unwanted, open: given.length < missing.length };
}

function keyOf(type: string, inputs: Readonly<Record<string, unknown>>): string | undefined {
  const reference = referenceOf(type, inputs);
  return reference && referenceKey(reference);
}

/**
 * Takes objects away with all that they own; answers those that were there. One that bears another stack's annotation, or
 * none, stays.
 *
 * @throws UserError when the cluster cannot be asked, or refuses.
 */
export async function removeObjects(
  objects: readonly UnwantedObject[],
  target: KubeTarget,
): Promise<readonly UnwantedObject[]> {
  if (objects.length === 0) return [];
  const config = await loadKubeConfig(target);
  const { ApiException, KubernetesObjectApi } = await import("@kubernetes/client-node");
  const api = KubernetesObjectApi.makeApiClient(config);
  const removed = objects.map(async (object) => {
    try {
      return (await remove(api, object)) ? [object] : [];
    } catch (thrown) {
      if (thrown instanceof ApiException && thrown.code === 404) return [];
      throw await explainApiError(thrown, config, (status) => refusal(status, object));
    }
  });
  return (await Promise.all(removed)).flat();
}

/** Whether it was ours to remove. */
async function remove(api: KubernetesObjectApi, object: UnwantedObject): Promise<boolean> {
  const { apiVersion, kind, name, namespace = "", stack } = object;
  const reference = { apiVersion, kind, metadata: { name, namespace } };
  const { metadata }: KubernetesObject = await api.read(reference);
  const { annotations = {}, uid } = metadata ?? {};
  if (uid === undefined || annotations[stackAnnotation] !== stack) return false;
  // All in the body: where there is one the server reads nothing else, and would leave the pods of a Job.
  const options = { propagationPolicy: "Background", preconditions: { uid } };
  await api.delete(reference, undefined, undefined, undefined, undefined, undefined, options);
  return true;
}

function refusal(status: number, object: UnwantedObject): string {
  return (
    `The Kubernetes API refuses to delete the ${placeOf(object)} (status ${status}), which a killed run made and nobody ` +
    "wants any more. Give the account that deploys the right to `get` and `delete` it, or delete it by hand."
  );
}

/** An object for people, such as "Job `speech/ranker-1`". */
export function placeOf({ kind, namespace, name }: ObjectReference): string {
  return `${kind} \`${namespace === undefined ? "" : `${namespace}/`}${name}\``;
}
