import { jobLogCommand } from "../../components/kubernetes/log-commands.ts";
import { commitAnnotation, versionAnnotation } from "../../components/kubernetes/metadata.ts";
import type { Candidate } from "../../components/release.ts";
import type { TaskQueue } from "../../providers/conduit/temporal/task-queue.ts";
import type { Algorithm, Lane } from "../../registry/resolve.ts";
import type { AlgorithmStatus } from "../json/status.ts";
import type { WorkersFacts } from "../runtime.ts";
import { outOfMemory } from "../worker-end.ts";
import type { ClusterView, Pod, ScaledObject, Workload } from "./cluster-view.ts";
import { leftRunning } from "./left-running.ts";
import { podTrouble } from "./pod-trouble.ts";

/** Milliseconds in which ends of a worker count as crashes that belong together. */
const crashWindow = 10 * 60_000;

/** What the cluster and Temporal say of one algorithm. */
export interface ClusterFacts {
  readonly algorithm: Algorithm;
  readonly candidate: Candidate | undefined;
  /** By lane; undefined when Temporal does not answer. */
  readonly queues: readonly (TaskQueue | undefined)[];
  /** What the cluster has of it. */
  readonly view: ClusterView;
  /** The context of the kubeconfig; undefined for its current one. */
  readonly context: string | undefined;
  /** Activities that a worker runs at a time; undefined before the first deploy. */
  readonly concurrency: number | undefined;
  readonly now: Date;
}

/** What the pods of an algorithm mean. */
export function clusterWorkers(facts: ClusterFacts): WorkersFacts {
  const { algorithm, queues, view, concurrency } = facts;
  const pods = view.pods.filter(isWorker);
  const version = liveVersion(view.workloads, pods);
  const lanes = algorithm.lanes.map((lane, index) => laneOf(lane, { view, pods, version, queue: queues[index] }));
  const pollers = lanes.reduce((sum, lane) => sum + lane.pollers, 0);
  const restarts = restartsOf(pods, facts.now);
  const state = stateOf({ lanes, view, queues, restarts });
  const commit = [...pods, ...view.workloads].find((each) => versionOf(each) === version)?.metadata.annotations[
    commitAnnotation
  ];
  const isLive = version !== undefined && (state === "live" || state === "disconnected" || state === "asleep");
  return {
    state,
    live: isLive ? { version, commit: commit ?? "" } : undefined,
    lastDeploy: rolledOut(view.workloads),
    pollers,
    inFlight: null,
    slots: concurrency ?? null,
    draining: pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined).length,
    restarts,
    workers: total(lanes),
    lanes,
    runs: true,
    unapplied: [],
    failure: gateFailure(facts),
    trouble: troubleOf(facts, pods, state),
  };
}

const workerLabel = "app.kubernetes.io/component";

function isWorker({ metadata }: Pod): boolean {
  return metadata.labels[workerLabel] === "worker";
}

function versionOf({ metadata }: Pick<Pod, "metadata">): string | undefined {
  return metadata.annotations[versionAnnotation];
}

function isReady({ metadata, status }: Pod): boolean {
  const ready = status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
  return ready && metadata.deletionTimestamp === undefined;
}

/** The version that serves: the wanted one once a pod of it is ready, else that of those that are. */
function liveVersion(workloads: readonly Workload[], pods: readonly Pod[]): string | undefined {
  const ready = pods.filter(isReady).flatMap((pod) => versionOf(pod) ?? []);
  const wanted = workloads.flatMap((workload) => versionOf(workload) ?? [])[0];
  return wanted === undefined || ready.includes(wanted) ? wanted : (ready[0] ?? wanted);
}

type LaneStatus = AlgorithmStatus["lanes"][number];

interface LaneFacts {
  readonly view: ClusterView;
  readonly pods: readonly Pod[];
  readonly version: string | undefined;
  readonly queue: TaskQueue | undefined;
}

function laneOf({ name, objectName, taskQueue, scaling }: Lane, { view, pods, version, queue }: LaneFacts): LaneStatus {
  const workload = view.workloads.find(({ metadata }) => metadata.name === objectName);
  const own = pods.filter(({ metadata }) => metadata.labels["app.kubernetes.io/name"] === objectName);
  const live = own.filter((pod) => isReady(pod) && versionOf(pod) === version);
  // Temporal lists one that was killed for another minute. A worker's identity ends with its host, which is the pod.
  const pollers = queue?.pollers.filter((identity) => live.some(({ metadata }) => identity.includes(metadata.name)));
  return {
    name,
    taskQueue,
    pollers: pollers?.length ?? 0,
    backlog: queue?.backlog ?? 0,
    workers: {
      wanted: workload?.spec.replicas ?? 0,
      ready: own.filter(isReady).length,
      most: scaling.max,
    },
  };
}

function total(lanes: readonly LaneStatus[]): LaneStatus["workers"] {
  const sum = (count: keyof LaneStatus["workers"]) => lanes.reduce((all, { workers }) => all + workers[count], 0);
  return { wanted: sum("wanted"), ready: sum("ready"), most: sum("most") };
}

interface StateFacts {
  readonly lanes: readonly LaneStatus[];
  readonly view: ClusterView;
  readonly queues: ClusterFacts["queues"];
  readonly restarts: AlgorithmStatus["restarts"];
}

function stateOf({ lanes, view, queues, restarts }: StateFacts): AlgorithmStatus["state"] {
  if (view.workloads.length === 0) return "down";
  const { wanted, ready } = total(lanes);
  if (wanted === 0 && ready === 0) {
    if (view.scaledObjects.some(isPaused)) return "paused";
    return view.scaledObjects.length > 0 ? "asleep" : "down";
  }
  if (ready === 0) return restarts === null ? "starting" : "restarting";
  // A worker says itself that it is ready when it polls; while all its slots are taken Temporal lists it no more.
  return queues.every((queue) => queue === undefined) ? "disconnected" : "live";
}

/** KEDA's own annotations (keda.sh/docs, "Pausing autoscaling"). */
function isPaused({ metadata: { annotations } }: ScaledObject): boolean {
  const paused = annotations["autoscaling.keda.sh/paused"];
  return (
    (paused !== undefined && paused !== "false") || annotations["autoscaling.keda.sh/paused-replicas"] !== undefined
  );
}

function restartsOf(pods: readonly Pod[], now: Date): AlgorithmStatus["restarts"] {
  const recent = pods
    .flatMap(({ status }) => status.containerStatuses)
    .flatMap(({ restartCount, lastState }) => {
      const at = lastState?.terminated?.finishedAt;
      if (at === undefined || now.getTime() - at.getTime() >= crashWindow) return [];
      return [{ count: restartCount, at, end: lastState?.terminated }];
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const last = recent.at(-1);
  if (last === undefined) return null;
  const count = recent.reduce((sum, each) => sum + Math.max(1, each.count), 0);
  const { reason, exitCode = 0, message = "" } = last.end ?? {};
  const how = reason === outOfMemory ? outOfMemory : `exit code ${exitCode}`;
  return { count, at: last.at.toISOString(), how, running: leftRunning(message) };
}

/** When the last rollout was over. */
function rolledOut(workloads: readonly Workload[]): string | null {
  const times = workloads
    .flatMap(({ status }) => status.conditions)
    .filter(({ type, reason }) => type === "Progressing" && reason === "NewReplicaSetAvailable")
    .flatMap(({ lastUpdateTime }) => lastUpdateTime?.toISOString() ?? [])
    .sort();
  return times.at(-1) ?? null;
}

/** The trial of the wanted version, when it failed. */
function gateFailure({ candidate, view, context }: ClusterFacts): WorkersFacts["failure"] {
  const wanted = candidate && "version" in candidate ? candidate.version : undefined;
  const job = view.jobs.find((each) => versionOf(each) === wanted);
  const failed = job?.status.conditions.find(({ type, status }) => type === "Failed" && status === "True");
  if (wanted === undefined || job === undefined || failed === undefined) return undefined;
  const { name, namespace } = job.metadata;
  const pod = view.pods.find(({ metadata }) => metadata.labels["app.kubernetes.io/name"] === name);
  const reason = (pod && podTrouble(pod)) ?? failed.message;
  const message =
    `Its new version failed when it was tried: ${reason.replace(/\.$/, "")}. ` +
    `See \`${jobLogCommand({ namespace, name, context })}\`.`;
  return { version: wanted, message };
}

/** Milliseconds in which an autoscaler that works has looked at what waits, several times. */
const wakeWindow = 30_000;

/** What keeps workers from being ready, or from being started when something waits. */
function troubleOf(
  { view, queues }: ClusterFacts,
  pods: readonly Pod[],
  state: AlgorithmStatus["state"],
): string | null {
  if (state === "starting" || state === "restarting" || state === "live") {
    const reason = pods.filter((pod) => !isReady(pod)).flatMap((pod) => podTrouble(pod) ?? [])[0];
    return reason === undefined ? null : `A worker is not ready: ${reason.replace(/\.$/, "")}.`;
  }
  if (state !== "asleep") return null;
  const waitsInVain = queues.some((queue) => queue !== undefined && queue.oldest > wakeWindow);
  const broken = view.scaledObjects
    .flatMap(({ status }) => status.conditions)
    .filter(({ type, status }) => type === "Ready" && status === "False")
    // Of every one that sleeps: with no worker there is nobody whose work in flight could be read.
    .find(({ reason }) => reason !== "TriggerError" || waitsInVain);
  return broken === undefined ? null : `Its autoscaler does not work: ${broken.message.replace(/\.$/, "")}.`;
}
