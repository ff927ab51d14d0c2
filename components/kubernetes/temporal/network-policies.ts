import type { types } from "@pulumi/kubernetes";
import type { ObjectMeta } from "../metadata.ts";
import { dnsRule } from "../network-policies.ts";
import { metricsPort, partName, ports, uiPort } from "./names.ts";
import { type Place, partMeta, partSelector, serverLabel } from "./part.ts";
import { postgresComponent } from "./postgres.ts";
import { schemaComponent } from "./schema-job.ts";
import type { FrontendClient } from "./shared-settings.ts";
import { uiComponent } from "./ui.ts";

/** Who may reach what of the server; all else is closed. */
export interface Reach {
  /** Pods that may call the frontend. */
  readonly clients: readonly FrontendClient[];
  /** Pods that may open the web UI; empty for none besides those of a port-forward. */
  readonly uiClients: readonly FrontendClient[];
  /** The Kubernetes namespace from which Prometheus reads metrics. @default none */
  readonly metricsFrom?: string | undefined;
}

/** Where a server's database is, for its policies. */
export type DatabaseReach =
  | { readonly kind: "own" }
  | { readonly kind: "existing"; readonly port: number; readonly cidrs: readonly string[] };

/** A policy, and what tells it from the others. */
export interface Policy {
  readonly suffix: string;
  readonly manifest: { readonly metadata: ObjectMeta; readonly spec: types.input.networking.v1.NetworkPolicySpec };
}

const componentLabel = "app.kubernetes.io/component";
const serverParts = Object.keys(ports);
const ourPods = { podSelector: { matchLabels: serverLabel } };
const tcp = (port: number) => ({ protocol: "TCP", port });
const oneOf = (parts: readonly string[]) => ({
  matchLabels: serverLabel,
  matchExpressions: [{ key: componentLabel, operator: "In", values: [...parts] }],
});

/** The policies that both forms of the server have: everything closed, DNS, the frontend, the web UI, the metrics. */
export function commonPolicies(place: Place, reach: Reach): Policy[] {
  const { clients, uiClients, metricsFrom } = reach;
  const ui = { podSelector: { matchLabels: partSelector(uiComponent) } };
  return [
    policy(place, "closed", { ...ourPods, policyTypes: ["Ingress", "Egress"] }),
    policy(place, "dns", {
      ...ourPods,
      policyTypes: ["Egress"],
      egress: [dnsRule],
    }),
    policy(place, "frontend", {
      podSelector: { matchLabels: partSelector("frontend") },
      policyTypes: ["Ingress"],
      ingress: [{ from: [ui, ...clients.map(peer)], ports: [tcp(ports.frontend.rpc)] }],
    }),
    ...(uiClients.length === 0
      ? []
      : [
          policy(place, uiComponent, {
            podSelector: oneOf([uiComponent, "frontend"]),
            policyTypes: ["Ingress"],
            ingress: [{ from: uiClients.map(peer), ports: [tcp(uiPort)] }],
          }),
        ]),
    ...(metricsFrom === undefined
      ? []
      : [
          policy(place, "metrics", {
            podSelector: oneOf(serverParts),
            policyTypes: ["Ingress"],
            ingress: [{ from: [peer({ namespace: metricsFrom, labels: {} })], ports: [tcp(metricsPort)] }],
          }),
        ]),
  ];
}

/** The policies that only a cluster has: its members among themselves, the UI's way to the frontend, and PostgreSQL. */
export function clusterPolicies(place: Place, database: DatabaseReach): Policy[] {
  const members = { podSelector: oneOf(serverParts) };
  return [
    policy(place, "members", {
      ...members,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [members] }],
      egress: [{ to: [members] }],
    }),
    policy(place, "ui-to-frontend", {
      podSelector: { matchLabels: partSelector(uiComponent) },
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: { matchLabels: partSelector("frontend") } }], ports: [tcp(ports.frontend.rpc)] }],
    }),
    ...databasePolicies(place, database),
  ];
}

function databasePolicies(place: Place, database: DatabaseReach): Policy[] {
  const users = { podSelector: oneOf([...serverParts, schemaComponent]) };
  const own = { podSelector: { matchLabels: partSelector(postgresComponent) } };
  if (database.kind === "existing") {
    const to = database.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
    return [
      policy(place, "to-postgres", {
        ...users,
        policyTypes: ["Egress"],
        // Its host is a name, and policies know addresses only: without ranges, the port is what is open.
        egress: [{ ...(to.length === 0 ? {} : { to }), ports: [tcp(database.port)] }],
      }),
    ];
  }
  return [
    policy(place, "to-postgres", {
      ...users,
      policyTypes: ["Egress"],
      egress: [{ to: [own], ports: [tcp(5432)] }],
    }),
    policy(place, "postgres", {
      ...own,
      policyTypes: ["Ingress"],
      ingress: [{ from: [users], ports: [tcp(5432)] }],
    }),
  ];
}

function policy(place: Place, name: string, spec: types.input.networking.v1.NetworkPolicySpec): Policy {
  return { suffix: name, manifest: { metadata: partMeta(place, "network", partName(`network-${name}`)), spec } };
}

function peer({ namespace, labels }: FrontendClient) {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    ...(Object.keys(labels).length === 0 ? {} : { podSelector: { matchLabels: labels } }),
  };
}
