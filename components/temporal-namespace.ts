import * as pulumi from "@pulumi/pulumi";
import type { Namespace } from "../registry/resolve.ts";

export interface TemporalNamespaceArgs {
  /** The registry's entry. */
  readonly namespace: Namespace;
  /** Temporal's address, `host:port`. */
  readonly address: pulumi.Input<string>;
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

function namespaceInputs({ namespace, address }: TemporalNamespaceArgs): pulumi.Inputs {
  return {
    address,
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
