import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { gateLane, taskQueue } from "../../registry/names.ts";
import type { Algorithm } from "../../registry/resolve.ts";
import { settingsOfLane } from "../../registry/settings.ts";
import { gateName } from "./log-commands.ts";
import { partsWait } from "./parts-wait.ts";
import { startDeadline, waitAnnotation } from "./start-deadline.ts";
import { partMeta, provenance, workerPod } from "./worker-pod.ts";
import { largest } from "./worker-resources.ts";
import type { Deployed, WorkerSite } from "./worker-site.ts";

export interface AlgorithmGateArgs {
  /** The registry entry. */
  readonly entry: Algorithm;
  readonly site: WorkerSite;
  /** What is to be deployed. */
  readonly deployed: pulumi.Input<Deployed>;
  /** ConfigMap with the file of a mock. @default none */
  readonly mock?: string | undefined;
}

/**
 * A Job that runs a version once before any worker does: it imports the code, connects, polls a task queue of its own and
 * ends. Workers depend on it: whatever the number of workers is, a version that cannot serve never replaces one that does.
 * It has what a worker has, a GPU too, since importing may need one: where all are taken, it waits for one and then fails.
 *
 * @example new AlgorithmGate("transcribe", { entry, site, deployed }, { parent })
 */
export class AlgorithmGate extends pulumi.ComponentResource {
  readonly job: k8s.batch.v1.Job;

  constructor(name: string, args: AlgorithmGateArgs, opts?: pulumi.ComponentResourceOptions) {
    const { own, after } = partsWait(opts);
    super("conduit:kubernetes:AlgorithmGate", name, {}, own);
    const { metadata, spec } = pulumi.output(args.deployed).apply((deployed) => gateJob({ ...args, deployed }));
    const { namespace } = args.site;
    this.job = new k8s.batch.v1.Job(
      name,
      {
        metadata: { name: metadata.name, namespace, labels: metadata.labels, annotations: metadata.annotations },
        spec,
      },
      { parent: this, ...after },
    );
    this.registerOutputs({ job: this.job });
  }
}

/** The task queue that a gate polls: nobody calls it. */
export function gateTaskQueue(algorithm: string): string {
  return taskQueue(algorithm, gateLane);
}

/**
 * The Job. It is not tried again by itself, since what fails here fails again; a pod that the cluster took away does not
 * count. The next update runs a failed one again (`replaceUnready`). It has no time to live: one that goes by itself would
 * be made again by every update.
 */
export function gateJob(args: AlgorithmGateArgs & { readonly deployed: Deployed }) {
  const { entry, site, deployed, mock } = args;
  const { version, settings } = deployed;
  const name = gateName(entry.name, version);
  const meta = partMeta({ component: "gate", name, entry, site });
  const deadline = startDeadline(settings, site);
  return {
    metadata: {
      ...meta,
      annotations: {
        ...meta.annotations,
        ...provenance(deployed),
        ...waitAnnotation(deadline),
        "pulumi.com/replaceUnready": "true",
      },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadline,
      podFailurePolicy: {
        rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
      },
      template: workerPod({
        ...{ part: "gate", name, instance: entry.name, entry, site, mock },
        taskQueue: gateTaskQueue(entry.name),
        deployed: {
          ...deployed,
          settings: largest(
            settings,
            entry.lanes.map((lane) => settingsOfLane(settings, lane)),
          ),
        },
      }),
    },
  } satisfies k8s.batch.v1.JobArgs;
}
