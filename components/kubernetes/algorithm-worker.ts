import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Algorithm, Lane } from "../../registry/resolve.ts";
import { rolloutOf, settingsOfLane } from "../../registry/settings.ts";
import { selectorOf } from "./metadata.ts";
import { partsWait } from "./parts-wait.ts";
import { startDeadline, waitAnnotation } from "./start-deadline.ts";
import { partMeta, provenance, workerPod } from "./worker-pod.ts";
import { type Deployed, ports, type WorkerSite } from "./worker-site.ts";
import { stateClaim, stateName } from "./worker-volumes.ts";

export interface AlgorithmWorkerArgs {
  /** The registry entry. */
  readonly entry: Algorithm;
  readonly lane: Lane;
  readonly site: WorkerSite;
  /** What is to be deployed, with the settings of the algorithm. */
  readonly deployed: pulumi.Input<Deployed>;
  /** ConfigMap with the file of a mock. @default none */
  readonly mock?: string | undefined;
}

/**
 * The workers of one lane, and the Service through which their metrics are found.
 *
 * @example new AlgorithmWorker("transcribe", { entry, lane, site, deployed }, { parent, dependsOn: [gate] })
 */
export class AlgorithmWorker extends pulumi.ComponentResource {
  readonly workload: k8s.apps.v1.Deployment | k8s.apps.v1.StatefulSet;

  constructor(name: string, args: AlgorithmWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { own, after } = partsWait(opts);
    super("conduit:kubernetes:AlgorithmWorker", name, {}, own);
    const parts = { parent: this, ...after };
    const volume = stateVolumeClaim(args);
    this.workload = volume === undefined ? makeDeployment(name, args, parts) : makeStateful(name, args, volume, parts);
    new k8s.core.v1.Service(`${name}-metrics`, metricsService(args), parts);
    this.registerOutputs({ workload: this.workload });
  }
}

type PlainArgs = Pick<AlgorithmWorkerArgs, "entry" | "lane" | "site">;

function makeDeployment(
  name: string,
  args: AlgorithmWorkerArgs,
  parts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  const { metadata, spec, manifest } = workloadParts(args);
  const { strategy, progressDeadlineSeconds } = manifest;
  return new k8s.apps.v1.Deployment(name, { metadata, spec: { ...spec, strategy, progressDeadlineSeconds } }, parts);
}

function makeStateful(
  name: string,
  args: AlgorithmWorkerArgs,
  volume: k8s.core.v1.PersistentVolumeClaimArgs,
  parts: pulumi.CustomResourceOptions,
): k8s.apps.v1.StatefulSet {
  // What it holds took a worker long to make: it is kept when the worker goes.
  const claim = new k8s.core.v1.PersistentVolumeClaim(`${name}-state`, volume, { ...parts, retainOnDelete: true });
  const { metadata, spec } = workloadParts(args);
  // In parallel: otherwise a pod that never gets ready is never exchanged for a better one.
  const own = { serviceName: metricsServiceName(args.lane), podManagementPolicy: "Parallel" };
  return new k8s.apps.v1.StatefulSet(name, { metadata, spec: { ...spec, ...own } }, { ...parts, dependsOn: [claim] });
}

/** What both kinds share. What decides whether an object is made anew is plain, so that a preview knows that it is not. */
function workloadParts(args: AlgorithmWorkerArgs) {
  const manifest = pulumi.output(args.deployed).apply((deployed) => workerWorkload({ ...args, deployed }));
  const { name, namespace, labels } = workerMeta(args);
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels,
    annotations: manifest.annotations,
  };
  return { metadata, spec: { ...fixedSpec(args), template: manifest.template }, manifest };
}

/** Name of the Service of a lane's metrics. */
export function metricsServiceName({ objectName }: Pick<Lane, "objectName">): string {
  return `${objectName}-metrics`;
}

/** The parts of the workload that a new version may change. */
export function workerWorkload(args: AlgorithmWorkerArgs & { readonly deployed: Deployed }) {
  const { entry, lane, site, mock } = args;
  const settings = settingsOfLane(args.deployed.settings, lane);
  const deployed = { ...args.deployed, settings };
  const deadline = startDeadline(settings, site);
  const { objectName: name, taskQueue } = lane;
  return {
    annotations: {
      ...workerMeta(args).annotations,
      ...provenance(deployed),
      ...waitAnnotation(deadline),
      ...ownsCount(site),
    },
    template: workerPod({ part: "worker", name, instance: name, entry, taskQueue, site, deployed, mock }),
    strategy: strategyOf(rolloutOf(entry, settings)),
    progressDeadlineSeconds: deadline,
  };
}

/** What the registry and the stack alone decide. With an autoscaler there is no `replicas`: it owns the count. */
export function fixedSpec({ lane, site }: PlainArgs) {
  return {
    ...(site.autoscaler === "none" ? { replicas: Math.max(1, lane.scaling.min) } : {}),
    revisionHistoryLimit: 3,
    selector: { matchLabels: selectorOf({ name: lane.objectName, component: "worker" }) },
  };
}

/** Without an autoscaler the count is ours, though another had scaled before: its claim to that field is set aside. */
function ownsCount({ autoscaler }: WorkerSite): Record<string, string> {
  return autoscaler === "none" ? { "pulumi.com/patchForce": "true" } : {};
}

/** The volume that a lane's worker keeps; undefined where it keeps none. A larger `size` grows it where it is. */
export function stateVolumeClaim({ entry, lane, site }: PlainArgs) {
  const { state } = entry;
  if (state?.sharing !== "exclusive") return undefined;
  return {
    metadata: partMeta({ component: "worker", name: stateName(lane), instance: lane.objectName, entry, site }),
    spec: stateClaim(state, site),
  } satisfies k8s.core.v1.PersistentVolumeClaimArgs;
}

/** A new version beside the old, or after it. Surge first: capacity never falls while a version is exchanged. */
export function strategyOf(rollout: "surge" | "replace") {
  if (rollout === "replace") return { type: "Recreate" };
  return { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } };
}

/** The Service by which the autoscaler and the monitoring find each worker's metrics: headless, of ready workers only. */
export function metricsService({ entry, lane, site }: PlainArgs) {
  return {
    metadata: partMeta({ component: "worker", name: metricsServiceName(lane), instance: lane.objectName, entry, site }),
    spec: {
      clusterIP: "None",
      selector: selectorOf({ name: lane.objectName, component: "worker" }),
      ports: [{ name: "metrics", port: ports.metrics, targetPort: "metrics" }],
    },
  } satisfies k8s.core.v1.ServiceArgs;
}

function workerMeta({ entry, lane, site }: PlainArgs) {
  return partMeta({ component: "worker", name: lane.objectName, instance: lane.objectName, entry, site });
}
