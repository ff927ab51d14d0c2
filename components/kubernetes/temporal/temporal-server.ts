import type * as pulumi from "@pulumi/pulumi";
import type { Namespace } from "../../../registry/resolve.ts";
import type { StackAccess, TemporalAccess } from "../../temporal-access.ts";
import type { ObjectReference } from "../ownership.ts";
import type { TemporalEndpoint } from "../temporal-endpoint.ts";
import { externalEndpoint } from "./external.ts";
import { frontendAddress, frontendService, ports } from "./names.ts";
import { clusterObjects, devServerObjects } from "./objects.ts";
import type { TemporalSettings } from "./settings.ts";
import type { FrontendClient } from "./shared-settings.ts";
import { TemporalCluster } from "./temporal-cluster.ts";
import { TemporalDevServer } from "./temporal-dev-server.ts";

export interface TemporalServerArgs {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  /** The section `temporal` of the stack's settings. */
  readonly settings: TemporalSettings;
  /** The context of the kubeconfig through which a server in the cluster is reached. @default its current one */
  readonly context?: string | undefined;
  /** The namespaces of the registry. */
  readonly namespaces: readonly Namespace[];
  /** Who may call a server in the cluster besides `settings.clients`. */
  readonly clients: readonly FrontendClient[];
  /** Names of Secrets of the server's namespace that pull images. */
  readonly pullSecrets: readonly string[];
  /** The Kubernetes namespace from which Prometheus reads metrics. @default none */
  readonly metricsFrom?: string | undefined;
}

/** A stack's Temporal, whoever runs it, as the settings have it. */
export interface TemporalPlan {
  /** How the pods of a namespace of the registry reach it. */
  readonly endpointOf: (namespace: Namespace) => TemporalEndpoint;
  /** Ranges of addresses behind the names of its endpoints; undefined for any. */
  readonly cidrs: readonly string[] | undefined;
  /** How it is reached from where Pulumi runs. */
  readonly access: StackAccess;
  /** The objects that it is made of; none when others run it. */
  readonly objects: readonly ObjectReference[];
}

/** The Temporal of a stack, before anything of it is made. */
export function temporalPlan(args: TemporalServerArgs): TemporalPlan {
  const { settings } = args;
  const endpoint =
    settings.mode === "external"
      ? { address: settings.address, tls: settings.tls, apiKey: settings.apiKey }
      : { address: frontendAddress(settings.namespace.name) };
  return {
    endpointOf: (namespace) => namespaceEndpoint(settings, endpoint, namespace),
    cidrs: settings.mode === "external" ? settings.cidrs : undefined,
    access: stackAccess(args, endpoint),
    objects: serverObjects(args),
  };
}

/** Makes the server that the settings ask for; answers what must be there before anything connects. */
export function makeTemporal(
  { settings, ...args }: TemporalServerArgs,
  opts: pulumi.ComponentResourceOptions,
): readonly pulumi.Resource[] {
  switch (settings.mode) {
    case "cluster":
      return new TemporalCluster("temporal", { ...args, settings }, opts).ready;
    case "dev-server":
      return new TemporalDevServer("temporal", { ...args, settings }, opts).ready;
    case "external":
      return [];
  }
}

function serverObjects({ settings, ...args }: TemporalServerArgs): readonly ObjectReference[] {
  switch (settings.mode) {
    case "cluster":
      return clusterObjects({ ...args, settings });
    case "dev-server":
      return devServerObjects({ ...args, settings });
    case "external":
      return [];
  }
}

/** A namespace's own address in the registry goes before the stack's, and the stack's settings for it before both. */
function namespaceEndpoint(
  settings: TemporalSettings,
  endpoint: TemporalEndpoint,
  { name, address }: Namespace,
): TemporalEndpoint {
  const own = settings.mode === "external" ? externalEndpoint(settings, name) : endpoint;
  if (address === undefined || own.address !== endpoint.address) return own;
  // Another server than the stack's is one on a network that others share.
  return { ...own, address, tls: own.tls ?? {} };
}

/** How Temporal is reached from outside the cluster, for the stack's output and the provider. */
export function stackAccess(
  { settings, context, namespaces }: Pick<TemporalServerArgs, "settings" | "context" | "namespaces">,
  endpoint: TemporalEndpoint,
): StackAccess {
  const access = serverAccess(settings, endpoint, context);
  const entries = namespaces.map((namespace) => {
    const own = namespaceEndpoint(settings, endpoint, namespace);
    const elsewhere = own.address === endpoint.address ? {} : { access: directAccess(own) };
    return [namespace.name, { temporalName: namespace.temporalName, ...elsewhere }] as const;
  });
  return { ...access, namespaces: Object.fromEntries(entries) };
}

function serverAccess(
  settings: TemporalSettings,
  endpoint: TemporalEndpoint,
  context: string | undefined,
): TemporalAccess {
  if (settings.mode === "external") return directAccess(endpoint);
  if (settings.publicAddress !== undefined) return { address: settings.publicAddress };
  const forward = { namespace: settings.namespace.name, service: frontendService, port: ports.frontend.rpc };
  return { address: endpoint.address, portForward: context === undefined ? forward : { context, ...forward } };
}

function directAccess({ address, tls, apiKey }: TemporalEndpoint): TemporalAccess {
  if (tls === undefined && apiKey === undefined) return { address };
  return { address, tls: tls?.serverName === undefined ? true : { serverName: tls.serverName } };
}
