import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { GeneratedSecret } from "../generated-secret.ts";
import type { TemporalEndpoint } from "../temporal-endpoint.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { dynamicConfigMap } from "./dynamic-config.ts";
import { frontendAddress, type ServerService } from "./names.ts";
import { serverNamespaceManifest } from "./namespace.ts";
import { clusterPolicies, commonPolicies } from "./network-policies.ts";
import type { Place } from "./part.ts";
import { type OwnPostgres, postgresPassword, postgresService, postgresStatefulSet } from "./postgres.ts";
import { schemaJob } from "./schema-job.ts";
import { serverDeployment, serverServices } from "./server.ts";
import { disruptionBudget, frontendService, membersService } from "./server-services.ts";
import type { FrontendClient } from "./shared-settings.ts";
import { uiDeployment, uiService } from "./ui.ts";

export interface TemporalClusterArgs {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  /** The section `temporal` of the stack's settings. */
  readonly settings: ClusterSettings;
  /** The context of the kubeconfig, for a password that is made up. @default its current one */
  readonly context?: string | undefined;
  /** Who may call the frontend besides `settings.clients`: the algorithms' namespaces, and KEDA's. @default [] */
  readonly clients?: readonly FrontendClient[];
  /** Names of Secrets of the server's namespace that pull images. @default [] */
  readonly pullSecrets?: readonly string[];
  /** The Kubernetes namespace from which Prometheus reads metrics. @default none */
  readonly metricsFrom?: string | undefined;
}

/**
 * A Temporal cluster on the official images and PostgreSQL: first the database's schema, then the server's services.
 *
 * @example new TemporalCluster("temporal", { stack: "conduit/prod", settings })
 */
export class TemporalCluster extends pulumi.ComponentResource {
  /** How pods reach it. */
  readonly endpoint: TemporalEndpoint;
  /** Into how many shards its histories are spread; later runs compare theirs with it (`shardProblem`). */
  readonly numHistoryShards: number;
  /** What must be there before anything connects. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: TemporalClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:kubernetes:TemporalCluster", name, {}, opts);
    const { settings } = args;
    const place = { stack: args.stack, namespace: settings.namespace.name };
    const parts = { name, args, settings, place, pullSecrets: args.pullSecrets ?? [], parent: this };
    const namespace = makeNamespace(parts);
    makePolicies(parts, namespace);
    const schema = makeSchema(parts, [...namespace, ...makePostgres(parts, namespace)]);
    const servers = makeServers(parts, schema);
    if (settings.ui) makeUi(parts, namespace);
    this.endpoint = { address: frontendAddress(place.namespace) };
    this.numHistoryShards = settings.numHistoryShards;
    this.ready = servers;
    this.registerOutputs({
      endpoint: this.endpoint,
      numHistoryShards: this.numHistoryShards,
      ready: this.ready,
    });
  }
}

interface Parts {
  readonly name: string;
  readonly args: TemporalClusterArgs;
  readonly settings: ClusterSettings;
  readonly place: Place;
  readonly pullSecrets: readonly string[];
  readonly parent: pulumi.Resource;
}

type Made = readonly pulumi.Resource[];

/** The namespace goes with the stack, unless a volume in it is to be kept. */
function makeNamespace({ name, settings, place, parent }: Parts): Made {
  const { namespace, postgres } = settings;
  const retainOnDelete = postgres.kind === "own" && !postgres.deleteWithStack;
  if (!namespace.create) return [];
  return [new k8s.core.v1.Namespace(`${name}-namespace`, serverNamespaceManifest(place), { parent, retainOnDelete })];
}

function makePolicies({ name, args, settings, place, parent }: Parts, after: Made): void {
  const { clients, uiClients, postgres } = settings;
  const { metricsFrom } = args;
  const reach = { clients: [...clients, ...(args.clients ?? [])], uiClients, metricsFrom };
  for (const { suffix, manifest } of [...commonPolicies(place, reach), ...clusterPolicies(place, postgres)]) {
    new k8s.networking.v1.NetworkPolicy(`${name}-network-${suffix}`, manifest, { parent, dependsOn: [...after] });
  }
}

function makePostgres(parts: Parts, after: Made): Made {
  const { postgres } = parts.settings;
  return postgres.kind === "own" ? makeOwnPostgres(parts, postgres, after) : [];
}

function makeOwnPostgres({ name, args, place, pullSecrets, parent }: Parts, settings: OwnPostgres, after: Made): Made {
  const options = { parent, dependsOn: [...after] };
  const password = postgresPassword(place, settings);
  const secret = password
    ? [
        new GeneratedSecret(
          `${name}-postgres-password`,
          { ...password, context: args.context },
          // A volume that is kept is of no use without it.
          { ...options, retainOnDelete: !settings.deleteWithStack },
        ),
      ]
    : [];
  const service = new k8s.core.v1.Service(`${name}-postgres-service`, postgresService(place), options);
  const server = new k8s.apps.v1.StatefulSet(`${name}-postgres`, postgresStatefulSet(place, settings, pullSecrets), {
    parent,
    dependsOn: [...after, ...secret],
  });
  return [...secret, service, server];
}

function makeSchema({ name, args, settings, pullSecrets, parent }: Parts, after: Made): Made {
  const timeout = `${Math.round(settings.schemaTimeout / 1000) + 60}s`;
  const job = new k8s.batch.v1.Job(`${name}-schema`, schemaJob(args.stack, settings, pullSecrets), {
    parent,
    dependsOn: [...after],
    customTimeouts: { create: timeout, update: timeout },
  });
  return [...after, job];
}

function makeServers(parts: Parts, after: Made): Made {
  const { name, args, settings, parent } = parts;
  const config = new k8s.core.v1.ConfigMap(`${name}-dynamic-config`, dynamicConfigMap(args.stack, settings), {
    parent,
    dependsOn: [...after],
  });
  return serverServices(settings).flatMap((service) => makeServer(parts, service, [...after, config]));
}

function makeServer({ name, args, settings, place, pullSecrets, parent }: Parts, service: ServerService, after: Made) {
  const options = { parent, dependsOn: [...after] };
  const budget = disruptionBudget(place, settings, service);
  if (budget) new k8s.policy.v1.PodDisruptionBudget(`${name}-${service}-budget`, budget, options);
  new k8s.core.v1.Service(`${name}-${service}-headless`, membersService(place, service), options);
  const entrance =
    service === "frontend" || service === "internal-frontend"
      ? [new k8s.core.v1.Service(`${name}-${service}-service`, frontendService(place, service), options)]
      : [];
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-${service}`,
    serverDeployment(args.stack, settings, service, pullSecrets),
    options,
  );
  return [...entrance, deployment];
}

function makeUi({ name, settings, place, pullSecrets, parent }: Parts, after: Made): void {
  const options = { parent, dependsOn: [...after] };
  new k8s.apps.v1.Deployment(`${name}-ui`, uiDeployment(place, settings, pullSecrets), options);
  new k8s.core.v1.Service(`${name}-ui-service`, uiService(place), options);
}
