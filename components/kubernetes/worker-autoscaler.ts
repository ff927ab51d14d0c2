import * as pulumi from "@pulumi/pulumi";
import type { Algorithm, Lane } from "../../registry/resolve.ts";
import { settingsOfLane } from "../../registry/settings.ts";
import { metricsServiceName } from "./algorithm-worker.ts";
import { ScaledObject, type ScaledObjectSpec, type ScaleTrigger, TriggerAuthentication } from "./crds.ts";
import { partsWait } from "./parts-wait.ts";
import type { TemporalEndpoint } from "./temporal-endpoint.ts";
import { partMeta } from "./worker-pod.ts";
import { type Deployed, ports, type WorkerSite } from "./worker-site.ts";
import { workloadKind } from "./worker-volumes.ts";

export interface WorkerAutoscalerArgs {
  /** The registry entry. */
  readonly entry: Algorithm;
  readonly lane: Lane;
  readonly site: WorkerSite;
  /** What is deployed, with the settings of the algorithm. */
  readonly deployed: pulumi.Input<Pick<Deployed, "settings">>;
}

/**
 * Owns the number of a lane's workers, by KEDA: by what waits, and by what is in flight, so that no worker is taken away
 * while it works. It is never waited for: with no worker, what is in flight cannot be read, and KEDA says so.
 *
 * @example new WorkerAutoscaler("transcribe", { entry, lane, site, deployed }, { parent, dependsOn: [worker] })
 */
export class WorkerAutoscaler extends pulumi.ComponentResource {
  readonly scaledObject: ScaledObject;

  constructor(name: string, args: WorkerAutoscalerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { own, after } = partsWait(opts);
    super("conduit:kubernetes:WorkerAutoscaler", name, {}, own);
    const parent = { parent: this, ...after };
    const { entry, lane, site } = args;
    const { objectName } = lane;
    const metadata = partMeta({ component: "autoscaler", name: objectName, instance: objectName, entry, site });
    const secretTargetRef = temporalCredentials(site.temporal);
    const authentication =
      secretTargetRef.length === 0
        ? []
        : [new TriggerAuthentication(`${name}-temporal`, { metadata, spec: { secretTargetRef } }, parent)];
    const concurrency = pulumi
      .output(args.deployed)
      .apply(({ settings }) => String(settingsOfLane(settings, lane).concurrency));
    const spec = scaledObjectSpec({ entry, lane, site, concurrency });
    const authenticated = authentication.length === 0 ? {} : { dependsOn: authentication };
    this.scaledObject = new ScaledObject(name, { metadata, spec }, { ...parent, ...authenticated });
    this.registerOutputs({ scaledObject: this.scaledObject });
  }
}

/** Most seconds over which Kubernetes can look back before it takes a worker away. */
const longestWindow = 3600;

/** Seconds between two looks at Temporal: what the first of several waiting activities waits for a worker at most. */
const pollSeconds = 5;

/**
 * Fewest seconds without work before a worker goes. One that has just taken what it was started for is seen at work only by
 * the look after that: with less it might be told to stop before.
 */
const leastIdleSeconds = 2 * pollSeconds;

/** What KEDA scales and by what. `concurrency`: activities that one worker runs at a time, as a text. */
export function scaledObjectSpec(
  args: Pick<WorkerAutoscalerArgs, "entry" | "lane" | "site"> & { readonly concurrency: pulumi.Input<string> },
): ScaledObjectSpec {
  const { entry, lane } = args;
  const idle = Math.max(leastIdleSeconds, Math.ceil(lane.scaling.idleAfter / 1000));
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: workloadKind(entry), name: lane.objectName },
    pollingInterval: pollSeconds,
    cooldownPeriod: idle,
    minReplicaCount: lane.scaling.min,
    maxReplicaCount: lane.scaling.max,
    advanced: {
      // When an algorithm goes, so do its workers; until then none is started for it.
      restoreToOriginalReplicaCount: false,
      horizontalPodAutoscalerConfig: {
        behavior: { scaleDown: { stabilizationWindowSeconds: Math.min(idle, longestWindow) } },
      },
    },
    triggers: [backlogTrigger(args), inFlightTrigger(args)],
  };
}

/** By the activities that wait for a worker. */
function backlogTrigger({ entry, lane, site }: Pick<WorkerAutoscalerArgs, "entry" | "lane" | "site">): ScaleTrigger {
  const { address, tls } = site.temporal;
  return {
    type: "temporal",
    name: "backlog",
    metadata: {
      endpoint: address,
      namespace: entry.temporalNamespace,
      taskQueue: lane.taskQueue,
      queueTypes: "activity",
      targetQueueSize: String(lane.scaling.backlogPerWorker),
      ...(tls?.serverName === undefined ? {} : { tlsServerName: tls.serverName }),
    },
    ...(temporalCredentials(site.temporal).length === 0 ? {} : { authenticationRef: { name: lane.objectName } }),
  };
}

/**
 * By the activities that run, as the workers' own metrics tell. A worker's whole concurrency is its target: as many workers
 * as what runs needs are kept, and never more are asked for than run.
 */
function inFlightTrigger({
  lane,
  site,
  concurrency,
}: Pick<WorkerAutoscalerArgs, "lane" | "site"> & { readonly concurrency: pulumi.Input<string> }): ScaleTrigger {
  return {
    type: "metrics-api",
    name: "in-flight",
    metadata: {
      // With `.svc`: KEDA takes the second label of the host for the namespace, and the port with it where that is last.
      url: `http://${metricsServiceName(lane)}.${site.namespace}.svc:${ports.metrics}/metrics`,
      format: "prometheus",
      valueLocation: 'temporal_worker_task_slots_used{worker_type="ActivityWorker"}',
      aggregateFromKubeServiceEndpoints: "true",
      aggregationType: "sum",
      targetValue: concurrency,
      activationTargetValue: "0",
    },
  };
}

/** Where KEDA finds what Temporal asks of its clients; nothing when it asks nothing. */
export function temporalCredentials({ tls, apiKey }: TemporalEndpoint) {
  const certificate = tls?.clientCertificate;
  return [
    ...(apiKey === undefined ? [] : [{ parameter: "apiKey", ...apiKey }]),
    ...(certificate === undefined
      ? []
      : [
          { parameter: "cert", name: certificate, key: "tls.crt" },
          { parameter: "key", name: certificate, key: "tls.key" },
        ]),
    ...(tls?.ca === undefined ? [] : [{ parameter: "ca", ...tls.ca }]),
  ];
}

/**
 * Why KEDA cannot look at a Temporal server that workers can reach; undefined when it can. Its scaler speaks TLS only with
 * a client certificate or an API key, and trusts an authority of one's own only with a certificate.
 */
export function kedaProblem({ tls, apiKey }: TemporalEndpoint): string | undefined {
  if (tls === undefined || tls.clientCertificate !== undefined) return undefined;
  const ways = 'Give a client certificate too, or set `conduit:autoscaler` to "none".';
  if (apiKey === undefined) {
    return `KEDA speaks TLS to Temporal only with a client certificate or an API key. ${ways}`;
  }
  return tls.ca === undefined
    ? undefined
    : `KEDA trusts an authority of your own for Temporal only together with a client certificate. ${ways}`;
}
