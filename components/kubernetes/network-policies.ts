import { isIP } from "node:net";
import type { types } from "@pulumi/kubernetes";
import { managedBy } from "./metadata.ts";
import { ports } from "./worker-site.ts";

type Peer = types.input.networking.v1.NetworkPolicyPeer;
type PolicySpec = types.input.networking.v1.NetworkPolicySpec;

/**
 * Addresses that are not the internet: private networks, which some clouds take from `240.0.0.0/4` too, the nodes' own, and
 * what tells a cloud's machines who they are (`169.254.169.254`, Oracle's `192.0.0.192`, Azure's `168.63.129.16`).
 */
const notInternet = [
  ...["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "240.0.0.0/4"],
];
const notInternet6 = ["::1/128", "fc00::/7", "fe80::/10"];

/** Where the node-local cache for DNS listens, on clusters that have one. */
const nodeLocalDns = "169.254.20.10/32";

/** Every address of the internet, and none of a private network. */
export function internetPeers(): Peer[] {
  return [{ ipBlock: { cidr: "0.0.0.0/0", except: notInternet } }, { ipBlock: { cidr: "::/0", except: notInternet6 } }];
}

/** The pods of a Kubernetes namespace. */
function podsOf(namespace: string): Peer {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

/** What may connect where, in one Kubernetes namespace. */
export interface NetworkPolicyArgs {
  /** Whether the namespace is the stack's own: in one of others, only the stack's own pods are meant. */
  readonly own: boolean;
  /** Addresses of Temporal, `host:port`, as pods dial them. */
  readonly temporal: readonly string[];
  /** Ranges of addresses that those names resolve to. @default anywhere, on Temporal's port */
  readonly temporalCidrs?: readonly string[] | undefined;
  /** Kubernetes namespaces whose pods read the workers' metrics: KEDA's, and the monitoring's. */
  readonly scrapedFrom: readonly string[];
}

/** The policies of a namespace by name: nothing goes in or out but what these say, and what an algorithm's own adds. */
export function networkPolicies(args: NetworkPolicyArgs): Record<string, PolicySpec> {
  const podSelector = args.own ? {} : { matchLabels: managedBy };
  return {
    default: { podSelector, policyTypes: ["Ingress", "Egress"], egress: [dnsRule] },
    temporal: {
      podSelector,
      policyTypes: ["Egress"],
      egress: args.temporal.map((address) => temporalRule(address, args.temporalCidrs)),
    },
    ...(args.scrapedFrom.length === 0
      ? {}
      : { metrics: { podSelector, policyTypes: ["Ingress"], ingress: [metricsRule(args.scrapedFrom)] } }),
  };
}

/** What lets pods ask the cluster's DNS. */
export const dnsRule = {
  to: [podsOf("kube-system"), { ipBlock: { cidr: nodeLocalDns } }],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

function metricsRule(namespaces: readonly string[]) {
  return { from: namespaces.map(podsOf), ports: [{ protocol: "TCP", port: ports.metrics }] };
}

function temporalRule(address: string, cidrs: readonly string[] | undefined) {
  const { host, port } = hostAndPort(address);
  return { to: temporalPeers(host, cidrs), ports: [{ protocol: "TCP", port }] };
}

/** Who serves Temporal: pods of a namespace, by a Service's name; an address; or the ranges behind a name. */
export function temporalPeers(host: string, cidrs: readonly string[] | undefined): Peer[] {
  const namespace = /^[^.]+\.([^.]+)\.svc(\.|$)/.exec(host)?.[1];
  if (namespace !== undefined) return [podsOf(namespace)];
  const version = isIP(host);
  if (version !== 0) return [{ ipBlock: { cidr: `${host}/${version === 4 ? 32 : 128}` } }];
  // No range at all would mean every address to Kubernetes, the metadata of clouds included.
  if (cidrs !== undefined && cidrs.length > 0) return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  // A policy cannot name a host; the clouds' metadata stays out of reach.
  return [{ ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } }, { ipBlock: { cidr: "::/0" } }];
}

function hostAndPort(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[|\]$/g, "");
  return { host, port: Number(address.slice(colon + 1)) };
}
