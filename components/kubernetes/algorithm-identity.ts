import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Algorithm } from "../../registry/resolve.ts";
import { algorithmLabels } from "./metadata.ts";
import { internetPeers } from "./network-policies.ts";
import { partsWait } from "./parts-wait.ts";
import { partMeta } from "./worker-pod.ts";
import type { WorkerSite } from "./worker-site.ts";

export interface AlgorithmIdentityArgs {
  /** The registry entry. */
  readonly entry: Algorithm;
  readonly site: WorkerSite;
}

/**
 * Who an algorithm's pods are, and where they may connect besides DNS and Temporal.
 *
 * @example new AlgorithmIdentity("transcribe", { entry, site }, { parent })
 */
export class AlgorithmIdentity extends pulumi.ComponentResource {
  readonly serviceAccount: k8s.core.v1.ServiceAccount;

  constructor(name: string, args: AlgorithmIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    const { own, after } = partsWait(opts);
    super("conduit:kubernetes:AlgorithmIdentity", name, {}, own);
    const parent = { parent: this, ...after };
    this.serviceAccount = new k8s.core.v1.ServiceAccount(name, serviceAccount(args), parent);
    const policy = egressPolicy(args);
    if (policy !== undefined) new k8s.networking.v1.NetworkPolicy(`${name}-egress`, policy, parent);
    this.registerOutputs({ serviceAccount: this.serviceAccount });
  }
}

/** The ServiceAccount, without a token: workers have no business with the cluster. */
export function serviceAccount({ entry, site }: AlgorithmIdentityArgs) {
  const meta = partMeta({ component: "identity", name: entry.name, entry, site });
  return {
    metadata: { ...meta, annotations: { ...entry.identity.annotations, ...meta.annotations } },
    automountServiceAccountToken: false,
  } satisfies k8s.core.v1.ServiceAccountArgs;
}

/** Where the algorithm's pods may connect besides what all may; undefined when nowhere. */
export function egressPolicy({ entry, site }: AlgorithmIdentityArgs) {
  const { cidrs, internet } = entry.egress;
  const to = [...cidrs.map((cidr) => ({ ipBlock: { cidr } })), ...(internet ? internetPeers() : [])];
  if (to.length === 0) return undefined;
  return {
    metadata: partMeta({ component: "identity", name: `${entry.name}-egress`, entry, site }),
    spec: {
      podSelector: { matchLabels: algorithmLabels(entry.name) },
      policyTypes: ["Egress"],
      egress: [{ to }],
    },
  } satisfies k8s.networking.v1.NetworkPolicyArgs;
}
