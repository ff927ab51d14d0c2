import { z } from "zod";

/** A way to a Service inside a Kubernetes cluster, through the cluster's API. */
export const portForwardSchema = z.strictObject({
  /** The context of the kubeconfig. @default its current one */
  context: z.string().optional(),
  /** The Kubernetes namespace of the Service. */
  namespace: z.string(),
  /** The Service's name. */
  service: z.string(),
  /** The Service's port. */
  port: z.int().min(1).max(65535),
});

/**
 * How Temporal is reached from where `pulumi up` and `./conduit` run. Plain data: credentials come by the environment,
 * and are never part of it.
 */
export const temporalAccessSchema = z.object({
  /** `host:port`, as the workers dial it. */
  address: z.string(),
  /**
   * TLS, with the name that the server's certificate is checked against where it is not the address's host. Without TLS no
   * credential is sent. @default false
   */
  tls: z.union([z.boolean(), z.strictObject({ serverName: z.string().optional() })]).optional(),
  /** The way to it where the address cannot be dialled from outside the cluster. @default none: the address is dialled */
  portForward: portForwardSchema.optional(),
});

/** What a stack tells of its Temporal in its output `temporalAccess`. */
export const stackAccessSchema = temporalAccessSchema.extend({
  /** By key of the registry: the name at the server, and its own way where it is served elsewhere. @default {} */
  namespaces: z
    .record(z.string(), z.object({ temporalName: z.string(), access: temporalAccessSchema.optional() }))
    .default({}),
});

export type PortForward = z.output<typeof portForwardSchema>;
export type TemporalAccess = z.output<typeof temporalAccessSchema>;
export type StackAccess = z.output<typeof stackAccessSchema>;

/** A Temporal namespace, and how it is reached. */
export interface TemporalTarget extends TemporalAccess {
  /** Its key in the registry, which chooses its credentials. @default none: those of all */
  readonly key?: string | undefined;
  /** Its name at the server; a server may ask for it with every call. @default none: the server as a whole */
  readonly temporalName?: string | undefined;
}

/** How a namespace of the registry is reached: it may be served elsewhere than the stack's others. */
export function targetOf(
  { namespaces, ...access }: StackAccess,
  { name, temporalName }: { readonly name: string; readonly temporalName: string },
): TemporalTarget & { readonly temporalName: string } {
  const own = Object.hasOwn(namespaces, name) ? namespaces[name]?.access : undefined;
  return { ...(own ?? access), key: name, temporalName };
}
