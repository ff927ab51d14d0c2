import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Namespace } from "../../registry/resolve.ts";
import { formatCpu, formatMemory } from "../../registry/units.ts";
import { objectMeta } from "./metadata.ts";
import { type NetworkPolicyArgs, networkPolicies } from "./network-policies.ts";
import type { ObjectReference } from "./ownership.ts";
import { restrictedLabels } from "./pod-security.ts";
import type { GpuTypes, KubernetesSettings } from "./settings.ts";

/** One Kubernetes namespace, and the Temporal namespaces whose workers run in it. */
export interface KubernetesNamespace {
  readonly name: string;
  /** Whether the stack makes it. */
  readonly create: boolean;
  /** Keys of the registry's `namespaces`. */
  readonly keys: readonly string[];
  /** The team that owns the first of them. */
  readonly owner: string;
}

/** The Kubernetes namespaces of a stack: one for each Temporal namespace, unless the settings say another. */
export function kubernetesNamespaces(
  namespaces: readonly Namespace[],
  settings: Pick<KubernetesSettings, "namespaces">,
): KubernetesNamespace[] {
  const placed = namespaces.map(({ name: key, owner }) => {
    const own = Object.hasOwn(settings.namespaces, key) ? settings.namespaces[key] : undefined;
    const { name, create } = own ?? {};
    return { name: name ?? key, create: create ?? name === undefined, key, owner: owner.team };
  });
  const names = [...new Set(placed.map(({ name }) => name))];
  return names.map((name) => {
    const here = placed.filter((one) => one.name === name);
    const create = here.some((one) => one.create);
    return { name, create, keys: here.map(({ key }) => key), owner: here[0]?.owner ?? "" };
  });
}

export interface AlgorithmNamespaceArgs extends Omit<NetworkPolicyArgs, "own"> {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  readonly namespace: KubernetesNamespace;
  readonly gpuTypes: GpuTypes;
  /** What the pods may ask for together. @default no limit */
  readonly quota?: KubernetesSettings["quota"];
  /** What one container may ask for. @default no limit */
  readonly limitRange?: KubernetesSettings["limitRange"];
  /** Whether it stays when the stack goes, since a volume in it is to be kept. @default false */
  readonly keep?: boolean | undefined;
}

/**
 * A Kubernetes namespace for workers: Pod Security `restricted`, nothing in or out but what is needed, and limits where the
 * settings ask for them. One that others made gets the network policies alone, for the stack's own pods.
 *
 * @example new AlgorithmNamespace("speech", { stack, namespace, gpuTypes, temporal: [address], scrapedFrom: ["keda"] })
 */
export class AlgorithmNamespace extends pulumi.ComponentResource {
  /** The Kubernetes namespace's name, known once it is there. */
  readonly namespaceName: pulumi.Output<string>;

  constructor(name: string, args: AlgorithmNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:kubernetes:AlgorithmNamespace", name, {}, opts);
    const { namespace } = args;
    const made = namespace.create
      ? new k8s.core.v1.Namespace(name, namespaceObject(args), { parent: this, retainOnDelete: args.keep ?? false })
      : undefined;
    const inside = { parent: this, dependsOn: made === undefined ? [] : [made] };
    for (const [suffix, policy] of Object.entries(namespacePolicies(args))) {
      new k8s.networking.v1.NetworkPolicy(`${name}-${suffix}`, policy, inside);
    }
    const quota = resourceQuota(args);
    if (quota !== undefined) new k8s.core.v1.ResourceQuota(`${name}-quota`, quota, inside);
    const limits = limitRange(args);
    if (limits !== undefined) new k8s.core.v1.LimitRange(`${name}-limits`, limits, inside);
    this.namespaceName = made === undefined ? pulumi.output(namespace.name) : made.metadata.name;
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}

/** Every object that an {@link AlgorithmNamespace} is. */
export function namespaceObjects(args: AlgorithmNamespaceArgs): ObjectReference[] {
  const inside = [
    ...Object.values(namespacePolicies(args)).map(
      (policy) => ["networking.k8s.io/v1", "NetworkPolicy", policy] as const,
    ),
    ["v1", "ResourceQuota", resourceQuota(args)] as const,
    ["v1", "LimitRange", limitRange(args)] as const,
  ].flatMap(([apiVersion, kind, object]) =>
    object === undefined ? [] : [{ apiVersion, kind, namespace: args.namespace.name, name: object.metadata.name }],
  );
  const { name, create } = args.namespace;
  return [...(create ? [{ apiVersion: "v1", kind: "Namespace", name }] : []), ...inside];
}

/** The namespace, in which the cluster itself refuses a pod that is not `restricted`. */
export function namespaceObject({ stack, namespace }: Pick<AlgorithmNamespaceArgs, "stack" | "namespace">) {
  return {
    metadata: objectMeta({
      ...{ stack, name: namespace.name, component: "namespace" },
      owner: namespace.owner,
      labels: restrictedLabels,
    }),
  } satisfies k8s.core.v1.NamespaceArgs;
}

/** The network policies by the end of their names. */
export function namespacePolicies(args: AlgorithmNamespaceArgs) {
  const policies = networkPolicies({ ...args, own: args.namespace.create });
  return Object.fromEntries(
    Object.entries(policies).map(([suffix, spec]) => {
      return [suffix, { metadata: insideMeta(args, `conduit-${suffix}`), spec }];
    }),
  );
}

/** What all pods of the namespace may ask for together; undefined when the settings do not say, or it is not the stack's. */
export function resourceQuota(args: AlgorithmNamespaceArgs) {
  const { quota, namespace } = args;
  if (quota === undefined || !namespace.create) return undefined;
  const { cpu, memory, gpu, pods } = quota;
  const resources = [...new Set(["nvidia.com/gpu", ...Object.values(args.gpuTypes).map(({ resource }) => resource)])];
  const hard: Record<string, string> = {
    ...(cpu === undefined ? {} : { "requests.cpu": formatCpu(cpu) }),
    ...(memory === undefined ? {} : { "requests.memory": formatMemory(memory) }),
    ...(gpu === undefined ? {} : Object.fromEntries(resources.map((name) => [`requests.${name}`, String(gpu)]))),
    ...(pods === undefined ? {} : { pods: String(pods) }),
  };
  return { metadata: insideMeta(args, "conduit-quota"), spec: { hard } } satisfies k8s.core.v1.ResourceQuotaArgs;
}

/** What one container may ask for; undefined when the settings do not say, or the namespace is not the stack's. */
export function limitRange(args: AlgorithmNamespaceArgs) {
  const { limitRange: limits, namespace } = args;
  if (limits === undefined || !namespace.create) return undefined;
  const max: Record<string, string> = {
    ...(limits.cpu === undefined ? {} : { cpu: formatCpu(limits.cpu) }),
    ...(limits.memory === undefined ? {} : { memory: formatMemory(limits.memory) }),
  };
  return {
    metadata: insideMeta(args, "conduit-limits"),
    spec: { limits: [{ type: "Container", max }] },
  } satisfies k8s.core.v1.LimitRangeArgs;
}

function insideMeta({ stack, namespace }: Pick<AlgorithmNamespaceArgs, "stack" | "namespace">, name: string) {
  return objectMeta({ stack, name, namespace: namespace.name, component: "namespace", owner: namespace.owner });
}
