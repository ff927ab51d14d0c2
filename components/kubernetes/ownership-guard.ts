import type { Algorithm } from "../../registry/resolve.ts";
import type { PreviousResources } from "../platform.ts";
import { existingObjects } from "./existing-objects.ts";
import { workerObjects } from "./kubernetes-worker.ts";
import { foreignObjects, type ObjectReference, referenceKey } from "./ownership.ts";
import type { WorkerSite } from "./worker-site.ts";

export interface OwnershipGuardArgs {
  /** The stack, `<project>/<stack>`. */
  readonly stack: string;
  /** The context of the kubeconfig. @default its current one */
  readonly context?: string | undefined;
  /** What the last run left: what is in it is this stack's. */
  readonly previous: PreviousResources;
  /** API groups whose kinds this run brings itself. @default none */
  readonly installing?: readonly string[] | undefined;
}

/** Sees to it that no object of others is taken over. */
export interface OwnershipGuard {
  /** Why algorithms cannot be deployed, by their names: objects of others stand where theirs would be. */
  readonly refusals: (
    entries: readonly Algorithm[],
    sites: ReadonlyMap<string, WorkerSite>,
  ) => Promise<ReadonlyMap<string, string>>;
  /** The objects of others that stand where these would be: a sentence for each. */
  readonly problems: (wanted: readonly ObjectReference[]) => Promise<readonly string[]>;
}

/**
 * Creates are repeatable, so that one whose answer was lost does no harm: they would take over what others made as well. So
 * whatever the state does not know yet is looked for in the cluster before.
 */
export function ownershipGuard({ stack, context, previous, installing }: OwnershipGuardArgs): OwnershipGuard {
  const known = new Set(previous.resources.flatMap(({ type, outputs }) => keyOf(type, outputs) ?? []));
  const foreign = async (wanted: readonly ObjectReference[]) => {
    const unknown = wanted.filter((reference) => !known.has(referenceKey(reference)));
    const existing = await existingObjects(unknown, { context }, installing);
    return (references: readonly ObjectReference[]) =>
      foreignObjects(
        references.filter((reference) => unknown.includes(reference)),
        existing,
        stack,
      );
  };
  return {
    refusals: async (entries, sites) => {
      const wanted = entries.map((entry) => {
        const site = sites.get(entry.namespace);
        return [entry.name, site ? workerObjects({ entry, site }) : []] as const;
      });
      const problemsOf = await foreign(wanted.flatMap(([, references]) => references));
      const problems = wanted.map(([name, references]) => [name, problemsOf(references).join("\n")] as const);
      return new Map(problems.filter(([, problem]) => problem !== ""));
    },
    problems: async (wanted) => (await foreign(wanted))(wanted),
  };
}

function keyOf(type: string, outputs: Readonly<Record<string, unknown>>): string | undefined {
  const reference = referenceOf(type, outputs);
  return reference && referenceKey(reference);
}

/** The object behind a resource of Pulumi's Kubernetes provider; undefined for any other, and where its name is not known. */
export function referenceOf(type: string, props: Readonly<Record<string, unknown>>): ObjectReference | undefined {
  const [, apiVersion, kind] = /^kubernetes:([^:]+):(\w+)$/.exec(type) ?? [];
  if (apiVersion === undefined || kind === undefined) return undefined;
  const { metadata } = props;
  if (typeof metadata !== "object" || metadata === null) return undefined;
  const name = "name" in metadata ? metadata.name : undefined;
  const namespace = "namespace" in metadata ? metadata.namespace : undefined;
  if (typeof name !== "string") return undefined;
  return {
    apiVersion: apiVersion.replace(/^core\//, ""),
    kind,
    name,
    ...(typeof namespace === "string" ? { namespace } : {}),
  };
}
