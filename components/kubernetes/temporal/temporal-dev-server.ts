import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { TemporalEndpoint } from "../temporal-endpoint.ts";
import { devServerDeployment, devServerService, devServerVolume } from "./dev-server.ts";
import { frontendAddress } from "./names.ts";
import { serverNamespaceManifest } from "./namespace.ts";
import { commonPolicies } from "./network-policies.ts";
import { partSelector } from "./part.ts";
import type { DevServerSettings } from "./settings.ts";
import type { FrontendClient } from "./shared-settings.ts";
import { uiService } from "./ui.ts";

export interface TemporalDevServerArgs {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  /** The section `temporal` of the stack's settings. */
  readonly settings: DevServerSettings;
  /** Who may call it besides `settings.clients`: the algorithms' namespaces, and KEDA's. @default [] */
  readonly clients?: readonly FrontendClient[];
  /** Names of Secrets of the server's namespace that pull images. @default [] */
  readonly pullSecrets?: readonly string[];
  /** The Kubernetes namespace from which Prometheus reads metrics. @default none */
  readonly metricsFrom?: string | undefined;
}

/**
 * Temporal's dev server in one pod, for development and small trials.
 *
 * @example new TemporalDevServer("temporal", { stack: "conduit/dev", settings })
 */
export class TemporalDevServer extends pulumi.ComponentResource {
  /** How pods reach it. */
  readonly endpoint: TemporalEndpoint;
  /** What must be there before anything connects. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: TemporalDevServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:kubernetes:TemporalDevServer", name, {}, opts);
    const { settings, clients = [], pullSecrets = [], metricsFrom } = args;
    const place = { stack: args.stack, namespace: settings.namespace.name };
    const keep = settings.persistence !== undefined && !settings.persistence.deleteWithStack;
    const namespace = settings.namespace.create
      ? [
          new k8s.core.v1.Namespace(`${name}-namespace`, serverNamespaceManifest(place), {
            parent: this,
            retainOnDelete: keep,
          }),
        ]
      : [];
    const inside = { parent: this, dependsOn: namespace };
    const reach = { clients: [...settings.clients, ...clients], uiClients: settings.uiClients, metricsFrom };
    for (const { suffix, manifest } of commonPolicies(place, reach)) {
      new k8s.networking.v1.NetworkPolicy(`${name}-network-${suffix}`, manifest, inside);
    }
    const volume = devServerVolume(place, settings);
    if (volume) new k8s.core.v1.PersistentVolumeClaim(`${name}-data`, volume, { ...inside, retainOnDelete: keep });
    const server = new k8s.apps.v1.Deployment(name, devServerDeployment(place, settings, pullSecrets), inside);
    const service = new k8s.core.v1.Service(`${name}-service`, devServerService(place), inside);
    if (settings.ui) new k8s.core.v1.Service(`${name}-ui`, uiService(place, partSelector("frontend")), inside);
    this.endpoint = { address: frontendAddress(place.namespace) };
    this.ready = [server, service];
    this.registerOutputs({ endpoint: this.endpoint, ready: this.ready });
  }
}
