import * as pulumi from "@pulumi/pulumi";
import type { ObjectMeta } from "./metadata.ts";

export interface GeneratedSecretArgs {
  readonly metadata: ObjectMeta;
  /** The key within the Secret. */
  readonly key: string;
  /** A context of the kubeconfig. @default its current one */
  readonly context?: string | undefined;
}

/**
 * A Secret with a random value of 32 characters, made once (provider `conduit`). The value goes to the cluster alone: no
 * state, preview or log ever has it.
 *
 * @example new GeneratedSecret("temporal-password", { metadata, key: "password" }, { parent })
 */
export class GeneratedSecret extends pulumi.CustomResource {
  constructor(name: string, args: GeneratedSecretArgs, opts?: pulumi.CustomResourceOptions) {
    super("conduit:kubernetes:GeneratedSecret", name, { ...args }, opts);
  }
}
