import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Algorithm, Lane } from "../../registry/resolve.ts";
import { rolloutOf, settingsOfLane } from "../../registry/settings.ts";
import { selectorOf } from "./metadata.ts";
import { startDeadline, waitAnnotation } from "./start-deadline.ts";
import { partMeta, provenance, workerPod } from "./worker-pod.ts";
import { type Deployed, ports, type WorkerSite } from "./worker-site.ts";
import { stateClaim, workloadKind } from "./worker-volumes.ts";

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
    super("conduit:kubernetes:AlgorithmWorker", name, {}, opts);
    const parent = { parent: this };
    const manifest = pulumi.output(args.deployed).apply((deployed) => workerWorkload({ ...args, deployed }));
    const { name: objectName, namespace, labels } = workerMeta(args);
    // What decides whether the object is made anew is plain, so that a preview knows that it is not.
    const metadata = { ...{ name: objectName, namespace, labels }, annotations: manifest.annotations };
    const plain = { ...fixedSpec(args), template: manifest.template };
    this.workload =
      workloadKind(args.entry) === "StatefulSet"
        ? new k8s.apps.v1.StatefulSet(name, { metadata, spec: { ...plain, ...statefulSpec(args) } }, parent)
        : new k8s.apps.v1.Deployment(
            name,
            {
              metadata,
              spec: {
                ...plain,
                strategy: manifest.strategy,
                progressDeadlineSeconds: manifest.progressDeadlineSeconds,
              },
            },
            parent,
          );
    new k8s.core.v1.Service(`${name}-metrics`, metricsService(args), parent);
    this.registerOutputs({ workload: this.workload });
  }
}

type PlainArgs = Pick<AlgorithmWorkerArgs, "entry" | "lane" | "site">;

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

/** What a StatefulSet has of its own. Volumes stay when it goes or shrinks: what they hold took a worker long to make. */
export function statefulSpec({ entry, lane, site }: PlainArgs) {
  const { state } = entry;
  return {
    serviceName: metricsServiceName(lane),
    podManagementPolicy: "Parallel",
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    ...(state === undefined
      ? {}
      : { volumeClaimTemplates: [{ metadata: { name: "state" }, spec: stateClaim(state, site) }] }),
  };
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
