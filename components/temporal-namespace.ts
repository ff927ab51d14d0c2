import * as pulumi from "@pulumi/pulumi";
import type { Namespace } from "../registry/resolve.ts";
import type { PortForward, TemporalAccess } from "./temporal-access.ts";

export interface TemporalNamespaceArgs {
  /** The registry's entry. */
  readonly namespace: Namespace;
  /** Temporal's address, `host:port`. */
  readonly address: pulumi.Input<string>;
  /** TLS, where its name differs from the address with that name. @default none */
  readonly tls?: TemporalAccess["tls"];
  /** The way to the address where it is inside a cluster. @default none: it is dialled */
  readonly portForward?: PortForward | undefined;
  /** Whether it is made and updated here. @default as the registry says */
  readonly manage?: boolean;
}

/** A Temporal namespace (provider `conduit`). It is kept on destroy unless `deleteWithStack` was applied before. */
export class TemporalNamespace extends pulumi.CustomResource {
  declare readonly temporalName: pulumi.Output<string>;
  /** The server's own id of it: another one when it had to be made again. */
  declare readonly namespaceId: pulumi.Output<string>;

  /** @example new TemporalNamespace("speech", { namespace, address: platform.address }) */
  constructor(name: string, args: TemporalNamespaceArgs, opts?: pulumi.CustomResourceOptions) {
    super("conduit:temporal:Namespace", name, { ...namespaceInputs(args), namespaceId: undefined }, opts);
  }
}

function namespaceInputs(args: TemporalNamespaceArgs): pulumi.Inputs {
  const { namespace, address, tls, portForward, manage = namespace.manage } = args;
  return {
    address,
    tls,
    portForward,
    key: namespace.name,
    manage,
    temporalName: namespace.temporalName,
    owner: namespace.owner.team,
    description: `Namespace \`${namespace.name}\` of the registry, owned by ${namespace.owner.team}.`,
    retentionSeconds: Math.round(namespace.retention / 1000),
    searchAttributes: namespace.searchAttributes,
    adopt: namespace.adopt,
    deleteWithStack: namespace.deleteWithStack,
    managedBy: `${pulumi.getProject()}/${pulumi.getStack()}`,
  };
}
