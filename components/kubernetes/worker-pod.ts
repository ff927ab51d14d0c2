import type { types } from "@pulumi/kubernetes";
import type { Algorithm } from "../../registry/resolve.ts";
import { workerContract } from "../../runtime/worker-contract.ts";
import { clientConfiguration } from "./client-configuration.ts";
import { gpuPlacement, gpuTypeOf } from "./gpu.ts";
import { graceChain } from "./grace-chain.ts";
import { commitAnnotation, type ObjectMeta, objectMeta, versionAnnotation } from "./metadata.ts";
import { containerSecurityContext, podSecurityContext } from "./pod-security.ts";
import { workerProbes } from "./worker-probes.ts";
import { workerResources } from "./worker-resources.ts";
import { type Deployed, ports, type WorkerSite } from "./worker-site.ts";
import { home, joinVolumes, mockVolume, scratchVolumes, stateVolume } from "./worker-volumes.ts";

type Variable = types.input.core.v1.EnvVar;

/** The file that the kubelet makes for each start of a container and reads once it has ended, where a pod names no other. */
const terminationMessage = "/dev/termination-log";

/** What decides the pod of a worker, or of its gate. */
export interface WorkerPodArgs {
  readonly part: "worker" | "gate";
  /** Name of what makes the pods; they are selected by it. */
  readonly name: string;
  /** What all objects of the same workers share. */
  readonly instance: string;
  readonly entry: Algorithm;
  readonly taskQueue: string;
  readonly site: WorkerSite;
  /** With the settings of the lane. */
  readonly deployed: Deployed;
  /** ConfigMap with the file of a mock. @default none */
  readonly mock: string | undefined;
}

/** The pods of a worker, or of its gate: the same image, settings and rights. */
export function workerPod(args: WorkerPodArgs): types.input.core.v1.PodTemplateSpec {
  const { part, entry, site, deployed } = args;
  const { settings } = deployed;
  const temporal = clientConfiguration(site.temporal);
  const { volumes, mounts } = joinVolumes([
    scratchVolumes(site, settings.memory),
    mockVolume(args.mock),
    stateVolume(entry.state, site, args),
    temporal,
  ]);
  const { labels, annotations } = partMeta({ component: part, ...args });
  const gpu = gpuTypeOf(site.gpuTypes, entry.name);
  return {
    metadata: { labels, annotations: { ...annotations, ...provenance(deployed) } },
    spec: {
      serviceAccountName: entry.name,
      automountServiceAccountToken: false,
      // Variables of the namespace's Services could pass for the worker's own.
      enableServiceLinks: false,
      securityContext: podSecurityContext,
      ...(site.pullSecrets.length === 0 ? {} : { imagePullSecrets: site.pullSecrets.map((name) => ({ name })) }),
      ...gpuPlacement(settings.gpu, gpu),
      ...(part === "gate"
        ? { restartPolicy: "Never" }
        : { terminationGracePeriodSeconds: graceChain(settings.shutdownGrace).terminationGracePeriodSeconds }),
      containers: [
        {
          name: part,
          image: deployed.image,
          env: [...variables(args), ...temporal.variables],
          ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
          resources: workerResources(settings, gpu),
          ...(part === "gate" ? {} : workerProbes(settings.timeouts.startup)),
          // What a crash of the interpreter or the kernel leaves for `kubectl describe`, where nothing ran.
          terminationMessagePolicy: "FallbackToLogsOnError",
          securityContext: containerSecurityContext,
          volumeMounts: mounts,
        },
      ],
      volumes,
    },
  };
}

/** What an object is a part of. */
export interface PartArgs {
  /** What part it plays, such as `worker`. */
  readonly component: string;
  /** Its name. */
  readonly name: string;
  /** What all objects of the same workers share. @default the algorithm's name */
  readonly instance?: string | undefined;
  readonly entry: Algorithm;
  readonly site: WorkerSite;
}

/** Names, labels and annotations of an object that is a part of an algorithm. */
export function partMeta({ component, name, entry, site, instance = entry.name }: PartArgs): ObjectMeta {
  const { stack, namespace } = site;
  return objectMeta({
    ...{ stack, namespace, name, component },
    algorithm: entry.name,
    owner: entry.owner.team,
    labels: { "app.kubernetes.io/instance": instance },
  });
}

/** What was deployed, for those who look at an object. */
export function provenance({ version, commit }: Pick<Deployed, "version" | "commit">): Record<string, string> {
  return { [versionAnnotation]: version, [commitAnnotation]: commit };
}

/** The entry's own variables first: the platform's have the last word. */
function variables({ part, entry, taskQueue, site, deployed }: WorkerPodArgs): Variable[] {
  const { version, commit, settings } = deployed;
  const plain = {
    HOME: home,
    PYTHONUNBUFFERED: "1",
    ...entry.env,
    ...workerContract({
      ...{ algorithm: entry.name, taskQueue, version, settings },
      address: site.temporal.address,
      temporalNamespace: entry.temporalNamespace,
    }),
    CONDUIT_COMMIT: commit,
    CONDUIT_HEALTH_ADDRESS: `0.0.0.0:${ports.health}`,
    CONDUIT_METRICS_ADDRESS: `0.0.0.0:${ports.metrics}`,
    ...(part === "gate" ? { CONDUIT_GATE: "1" } : { CONDUIT_RUNNING_FILE: terminationMessage }),
  };
  return [
    // The API server drops an empty value, which would then look like a change by hand.
    ...Object.entries(plain).map(([name, value]) => (value === "" ? { name } : { name, value })),
    ...Object.entries(entry.secrets).map(([name, { name: secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
  ];
}
