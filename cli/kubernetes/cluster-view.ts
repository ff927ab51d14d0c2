import { z } from "zod";
import { algorithmLabel, managedSelector } from "../../components/kubernetes/metadata.ts";
import { explainApiError, type KubeTarget, loadKubeConfig, objectLister } from "../../tools/kube-client.ts";
import { isUnknownKind } from "../../tools/unknown-kind.ts";

// What is read of the cluster's objects: each only as far as a status tells of it.

const condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
  lastUpdateTime: z.coerce.date().optional(),
});
const metadata = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  deletionTimestamp: z.coerce.date().optional(),
});
const ended = z.looseObject({
  exitCode: z.number(),
  reason: z.string().default(""),
  message: z.string().default(""),
  finishedAt: z.coerce.date().optional(),
});
const containerState = z.looseObject({
  waiting: z.looseObject({ reason: z.string().default(""), message: z.string().default("") }).optional(),
  terminated: ended.optional(),
});

export const workloadSchema = z.looseObject({
  metadata,
  spec: z.looseObject({ replicas: z.number().default(1) }),
  status: z
    .looseObject({ readyReplicas: z.number().default(0), conditions: z.array(condition).default([]) })
    .prefault({}),
});
export const jobSchema = z.looseObject({
  metadata,
  status: z.looseObject({ conditions: z.array(condition).default([]) }).prefault({}),
});
export const podSchema = z.looseObject({
  metadata,
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })).default([]) }).prefault({}),
  status: z
    .looseObject({
      phase: z.string().default(""),
      conditions: z.array(condition).default([]),
      containerStatuses: z
        .array(
          z.looseObject({
            restartCount: z.number().default(0),
            state: containerState.optional(),
            lastState: containerState.optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export const scaledObjectSchema = z.looseObject({
  metadata,
  spec: z.looseObject({ maxReplicaCount: z.number().optional() }).prefault({}),
  status: z.looseObject({ conditions: z.array(condition).default([]) }).prefault({}),
});

export type Workload = z.output<typeof workloadSchema>;
export type Job = z.output<typeof jobSchema>;
export type Pod = z.output<typeof podSchema>;
export type ScaledObject = z.output<typeof scaledObjectSchema>;

/** What the cluster has of one algorithm, or of all. */
export interface ClusterView {
  readonly workloads: readonly Workload[];
  readonly jobs: readonly Job[];
  readonly pods: readonly Pod[];
  /** None where KEDA is not there. */
  readonly scaledObjects: readonly ScaledObject[];
}

/**
 * Looks at everything of ours in some Kubernetes namespaces: one question for each kind and namespace.
 *
 * @throws UserError when the cluster cannot be asked
 */
export async function clusterView(target: KubeTarget, namespaces: readonly string[]): Promise<ClusterView> {
  if (namespaces.length === 0) return { workloads: [], jobs: [], pods: [], scaledObjects: [] };
  const config = await loadKubeConfig(target);
  const objects = await objectLister(config);
  const list = async <T extends z.ZodType>(apiVersion: string, kind: string, schema: T): Promise<z.output<T>[]> => {
    const lists = namespaces.map(async (namespace) => {
      const found = await objects({ apiVersion, kind, namespace }, managedSelector);
      return found.map((item) => schema.parse(item));
    });
    return (await Promise.all(lists)).flat();
  };
  try {
    const [deployments, statefulSets, jobs, pods, scaledObjects] = await Promise.all([
      list("apps/v1", "Deployment", workloadSchema),
      list("apps/v1", "StatefulSet", workloadSchema),
      list("batch/v1", "Job", jobSchema),
      list("v1", "Pod", podSchema),
      list("keda.sh/v1alpha1", "ScaledObject", scaledObjectSchema).catch((thrown) => {
        if (isUnknownKind(thrown)) return [];
        throw thrown;
      }),
    ]);
    return { workloads: [...deployments, ...statefulSets], jobs, pods, scaledObjects };
  } catch (thrown) {
    const server = config.getCurrentCluster()?.server;
    throw await explainApiError(
      thrown,
      config,
      (status) =>
        `The Kubernetes API at ${server} refuses to list the workers (status ${status}). Log in to the cluster, or ask ` +
        "for the right to `list` deployments, statefulsets, jobs, pods and scaledobjects.",
    );
  }
}

/** The part of a view that is of one algorithm. */
export function viewOf(view: ClusterView, algorithm: string): ClusterView {
  const isOf = ({ metadata: { labels } }: Pick<Pod, "metadata">) => labels[algorithmLabel] === algorithm;
  return {
    workloads: view.workloads.filter(isOf),
    jobs: view.jobs.filter(isOf),
    pods: view.pods.filter(isOf),
    scaledObjects: view.scaledObjects.filter(isOf),
  };
}
