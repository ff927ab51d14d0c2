import type * as pulumi from "@pulumi/pulumi";
import type { Namespace } from "../../../registry/resolve.ts";
import type { StackAccess, TemporalAccess } from "../../temporal-access.ts";
import type { TemporalEndpoint } from "../temporal-endpoint.ts";
import { externalEndpoint } from "./external.ts";
import { frontendService, ports } from "./names.ts";
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

/** A stack's Temporal, whoever runs it. */
export interface TemporalServer {
  /** How the pods of a namespace of the registry reach it. */
  readonly endpointOf: (namespace: Namespace) => TemporalEndpoint;
  /** How it is reached from where Pulumi runs. */
  readonly access: StackAccess;
  /** What must be there before anything connects. */
  readonly ready: readonly pulumi.Resource[];
}

/** The Temporal of a stack: made in the cluster, or one that others run. */
export function temporalServer(args: TemporalServerArgs, opts: pulumi.ComponentResourceOptions): TemporalServer {
  const { endpoint, ready } = makeServer(args, opts);
  const endpointOf = (namespace: Namespace) => namespaceEndpoint(args.settings, endpoint, namespace);
  return { endpointOf, access: stackAccess(args, endpoint), ready };
}

function makeServer(args: TemporalServerArgs, opts: pulumi.ComponentResourceOptions) {
  const { settings, stack, clients, pullSecrets, metricsFrom } = args;
  const parts = { stack, clients, pullSecrets, metricsFrom };
  if (settings.mode === "cluster") return new TemporalCluster("temporal", { ...parts, settings }, opts);
  if (settings.mode === "dev-server") return new TemporalDevServer("temporal", { ...parts, settings }, opts);
  const { address, tls, apiKey } = settings;
  return { endpoint: { address, tls, apiKey }, ready: [] };
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
