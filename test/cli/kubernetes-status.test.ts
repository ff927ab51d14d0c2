import { expect, test } from "vitest";
import { type AlgorithmStatus, algorithmStatusSchema } from "../../cli/json/status.ts";
import {
  type ClusterView,
  jobSchema,
  podSchema,
  scaledObjectSchema,
  viewOf,
  workloadSchema,
} from "../../cli/kubernetes/cluster-view.ts";
import { keptOnCluster } from "../../cli/kubernetes/kept.ts";
import { type ClusterFacts, clusterWorkers } from "../../cli/kubernetes/workers.ts";
import { parseState } from "../../cli/state.ts";
import { judge } from "../../cli/status.ts";
import { statusNotes, statusTable } from "../../cli/status-table.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import { resolveSettings } from "../../registry/settings.ts";

const now = new Date("2026-01-02T00:00:00Z");
const source = { image: "registry.test/ranker:1" };
const { algorithms } = resolveRegistry(
  {
    namespaces: { speech: { owner: "speech" } },
    algorithms: {
      ranker: { namespace: "speech", owner: "asr", source, scaling: { max: 2 } },
      laned: { namespace: "speech", owner: "asr", source, lanes: { online: {}, offline: { scaling: { max: 5 } } } },
    },
  },
  "prod",
);
const [laned, ranker] = [...algorithms].sort((a, b) => (a.name < b.name ? -1 : 1));
if (!ranker || !laned) throw new Error("The registry has two algorithms.");
const settings = { ...resolveSettings(ranker, undefined, "pyproject.toml"), python: "3.11" };

const candidate = (version: string) => ({
  ...{ version, commit: `c-${version}`, settings, dependencies: "d", stages: { resolve: 1 } },
});

function metadata(name: string, component: string, version: string, more: object = {}) {
  return {
    name,
    namespace: "speech",
    labels: {
      "algorithm-conduit/algorithm": "ranker",
      "app.kubernetes.io/name": name.replace(/-pod.*/, ""),
      "app.kubernetes.io/component": component,
    },
    annotations: { "algorithm-conduit/version": version, "algorithm-conduit/commit": `c-${version}` },
    ...more,
  };
}

const deployment = (version: string, replicas: number) =>
  workloadSchema.parse({
    metadata: metadata("ranker", "worker", version),
    spec: { replicas },
    status: {
      conditions: [
        {
          type: "Progressing",
          status: "True",
          reason: "NewReplicaSetAvailable",
          lastUpdateTime: "2026-01-01T20:00:00Z",
        },
      ],
    },
  });
const isReady = [{ type: "Ready", status: "True" }];
const pod = (name: string, version: string, status: object, more: object = {}) =>
  podSchema.parse({ metadata: metadata(name, "worker", version, more), status });
const ready = (name = "ranker-pod1", version = "v1") => pod(name, version, { conditions: isReady });
const waiting = (reason: string, message: string) =>
  pod("ranker-pod2", "v1", { containerStatuses: [{ state: { waiting: { reason, message } } }] });
const scaled = (more: object = {}, conditions: readonly object[] = []) =>
  scaledObjectSchema.parse({ metadata: metadata("ranker", "autoscaler", "v1", more), status: { conditions } });

const polled = (...pods: string[]) => ({ pollers: pods.map((name) => `ranker@c+v1@${name}:1`), backlog: 0, oldest: 0 });
const live: ClusterView = { workloads: [deployment("v1", 1)], jobs: [], pods: [ready()], scaledObjects: [scaled()] };

function status(view: Partial<ClusterView> = {}, facts: Partial<ClusterFacts> = {}): AlgorithmStatus {
  const all: ClusterFacts = {
    algorithm: ranker as ClusterFacts["algorithm"],
    candidate: candidate("v1"),
    queues: [polled("ranker-pod1")],
    view: { ...live, ...view },
    context: undefined,
    concurrency: 2,
    now,
    ...facts,
  };
  const { algorithm, candidate: wanted, queues } = all;
  const workers = clusterWorkers(all);
  return algorithmStatusSchema.parse(
    judge({ algorithm, candidate: wanted, queues, workers, elsewhere: [], stack: "prod" }),
  );
}

test("workers that are ready are live, and Temporal's list of pollers counts only pods that are there", () => {
  const found = status({}, { queues: [polled("ranker-pod1", "ranker-pod0")] });
  expect(found).toMatchObject({
    state: "live",
    ...{ liveVersion: "v1", liveCommit: "c-v1", upToDate: true, pollers: 1, inFlight: null, slots: 2, problem: null },
    lastDeploy: "2026-01-01T20:00:00.000Z",
    workers: { wanted: 1, ready: 1, most: 2 },
    lanes: [{ name: "default", taskQueue: "ranker", pollers: 1, backlog: 0 }],
  });
  expect(statusTable([found], 80, now)).toMatchInlineSnapshot(`
    "ALGORITHM  WANTED  LIVE  POLL  WAIT  RUN  SINCE  OWNER
    ranker     c-v1    c-v1  1     0     -    4 h    asr"
  `);
});

test("each reason why a call waits is one sentence", () => {
  const backlog = (count: number, ...pods: string[]) => ({ queues: [{ ...polled(...pods), backlog: count }] });
  const none = { workloads: [deployment("v1", 0)], pods: [] };
  const paused = { annotations: { "autoscaling.keda.sh/paused-replicas": "0" } };
  const broken = [{ type: "Ready", status: "False", message: "connection refused" }];
  const triggers = [{ type: "Ready", status: "False", reason: "TriggerError", message: "Triggers do not work." }];
  const crashed = {
    state: { terminated: { exitCode: 3 } },
    lastState: { terminated: { exitCode: 3, finishedAt: now } },
  };
  const cases: Record<string, AlgorithmStatus> = {
    idle: status(),
    allBusy: status({ workloads: [deployment("v1", 2)], pods: [ready(), ready("ranker-pod2")] }, backlog(9)),
    scalingUp: status(
      { workloads: [deployment("v1", 2)], pods: [ready(), waiting("ContainerCreating", "")] },
      backlog(9),
    ),
    room: status({}, backlog(1, "ranker-pod1")),
    asleep: status(none),
    waking: status(none, backlog(1)),
    broken: status({ ...none, scaledObjects: [scaled({}, broken)] }),
    triggersAsAlways: status({ ...none, scaledObjects: [scaled({}, triggers)] }, backlog(1)),
    triggersInVain: status(
      { ...none, scaledObjects: [scaled({}, triggers)] },
      { queues: [{ ...polled(), backlog: 1, oldest: 31_000 }] },
    ),
    paused: status({ ...none, scaledObjects: [scaled(paused)] }, backlog(1)),
    withoutAutoscaler: status({ ...none, scaledObjects: [] }),
    never: status({ workloads: [], pods: [], scaledObjects: [] }),
    image: status({ pods: [waiting("ImagePullBackOff", "Back-off pulling image.")] }, backlog(1)),
    starting: status({ pods: [waiting("ContainerCreating", "")] }),
    crashing: status({ pods: [pod("ranker-pod1", "v1", { containerStatuses: [{ restartCount: 4, ...crashed }] })] }),
    noTemporal: status({}, { queues: [undefined] }),
  };
  const told = Object.entries(cases).map(
    ([name, { state, says, problem }]) => `${name}: ${state}: ${says} | ${problem}`,
  );
  expect(told.join("\n")).toMatchInlineSnapshot(`
    "idle: live: Nothing waits: 1 worker is ready. | null
    allBusy: live: 9 activities wait: all 2 workers that \`scaling.max\` allows are busy. | null
    scalingUp: live: 9 activities wait: 1 of 2 workers is ready. | null
    room: live: 1 activity waits, and its 1 worker or a new one is about to take them. | null
    asleep: asleep: Nothing waits: its worker sleeps, and the next call wakes it. | null
    waking: asleep: 1 activity waits, and its worker is about to be woken. | null
    broken: asleep: Nothing waits: its worker sleeps, and the next call wakes it. | Its autoscaler does not work: connection refused.
    triggersAsAlways: asleep: 1 activity waits, and its worker is about to be woken. | null
    triggersInVain: asleep: 1 activity waits, and its worker is about to be woken. | Its autoscaler does not work: Triggers do not work.
    paused: paused: 1 activity waits: its autoscaler is paused, and starts no worker until that annotation is taken off. | null
    withoutAutoscaler: down: No worker polls its task queue: start one with \`./conduit up --stack prod\`. | null
    never: down: No worker polls its task queue: start one with \`./conduit up --stack prod\`. | null
    image: starting: Its workers do not start: none of its workers is ready. | A worker is not ready: its pod cannot start (ImagePullBackOff: Back-off pulling image.).
    starting: starting: Its workers are starting: none of its workers is ready. | null
    crashing: restarting: Its worker is restarting: it ended 4 times in the last 10 minutes, last with exit code 3; see \`./conduit logs ranker --stack prod\`. | A worker is not ready: it ended with exit code 3.
    noTemporal: disconnected: Its worker runs, but Temporal does not answer this machine. | null"
  `);
});

test("what a worker ran when it ended is told, and what to do about its memory", () => {
  const ran = (id: string) => `{"activity": "embed", "workflow_id": "${id}", "attempt": 2}\n`;
  const ended = (end: object) => {
    const lastState = { terminated: { finishedAt: now, ...end } };
    const restarted = {
      conditions: isReady,
      containerStatuses: [{ restartCount: 1, state: { running: {} }, lastState }],
    };
    return status({ pods: [pod("ranker-pod1", "v1", restarted)] });
  };
  const killed = ended({ exitCode: 137, reason: "OOMKilled", message: ran("w1") });
  const running = [{ activity: "embed", workflowId: "w1", attempt: 2 }];
  expect(killed).toMatchObject({ state: "live", problem: null, restarts: { count: 1, how: "OOMKilled", running } });
  const cases = {
    outOfMemory: killed,
    several: ended({ exitCode: 137, reason: "OOMKilled", message: `t": 1}\n${ran("w1")}${ran("w2")}${ran("w3")}` }),
    nothingRan: ended({ exitCode: 137, reason: "OOMKilled" }),
    ended: ended({ exitCode: 3, message: ran("w1") }),
  };
  const notes = Object.entries(cases).map(([name, each]) => `${name}: ${statusNotes([each], 1000).join("\n")}`);
  expect(notes.join("\n")).toMatchInlineSnapshot(`
    "outOfMemory: ranker: Its worker was restarted: it ended 1 time in the last 10 minutes, the last time because it took more memory than it may (OOMKilled) while it ran \`embed\` of the workflow \`w1\` (attempt 2); raise its \`memory\`.
    several: ranker: Its worker was restarted: it ended 1 time in the last 10 minutes, the last time because it took more memory than it may (OOMKilled) while it ran \`embed\` of the workflow \`w1\` (attempt 2), and 2 more; raise its \`memory\`, or lower its \`concurrency\`.
    nothingRan: ranker: Its worker was restarted: it ended 1 time in the last 10 minutes, the last time because it took more memory than it may (OOMKilled); raise its \`memory\`.
    ended: ranker: Its worker was restarted: it ended 1 time in the last 10 minutes, last with exit code 3 while it ran \`embed\` of the workflow \`w1\` (attempt 2)."
  `);
  const waits = (end: object) => {
    const restarting = [{ state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: { terminated: end } }];
    return status({ pods: [pod("ranker-pod1", "v1", { containerStatuses: restarting })] }).problem;
  };
  expect(waits({ exitCode: 137, reason: "OOMKilled", message: ran("w1"), finishedAt: now })).toMatchInlineSnapshot(
    `"A worker is not ready: it took more memory than it may (OOMKilled) while it ran \`embed\` of the workflow \`w1\` (attempt 2); raise its \`memory\`."`,
  );
  expect(waits({ exitCode: 3, message: ran("w1"), finishedAt: now })).toMatchInlineSnapshot(
    `"A worker is not ready: it ended with exit code 3 while it ran \`embed\` of the workflow \`w1\` (attempt 2)."`,
  );
});

test("while a new version does not become ready, the old one is what is live", () => {
  const found = status(
    {
      workloads: [deployment("v2", 1)],
      pods: [
        ready(),
        pod("ranker-pod2", "v2", { containerStatuses: [{ state: { waiting: { reason: "ErrImagePull" } } }] }),
      ],
    },
    { candidate: candidate("v2") },
  );
  expect(found).toMatchObject({ state: "live", liveVersion: "v1", upToDate: false, wantedCommit: "c-v2" });
  expect(found.problem).toBe("A worker is not ready: its pod cannot start (ErrImagePull).");
});

test("a gate that failed is the problem as long as its version is wanted and not live", () => {
  const job = jobSchema.parse({
    metadata: metadata("ranker-v2", "gate", "v2"),
    status: {
      conditions: [{ type: "Failed", status: "True", message: "Job has reached the specified backoff limit" }],
    },
  });
  const log = '{"time":"t","level":"error","event":"failed","message":"No module named `torch`."}';
  const end = { containerStatuses: [{ state: { terminated: { exitCode: 1, message: log } } }] };
  const gate = podSchema.parse({ metadata: metadata("ranker-v2-pod1", "gate", "v2"), status: end });
  const view = { jobs: [job], pods: [ready(), gate] };
  expect(status(view, { candidate: candidate("v2"), context: "gke" })).toMatchObject({
    state: "live",
    liveVersion: "v1",
    problem:
      "Its new version failed when it was tried: No module named `torch`. See `kubectl logs --context gke --namespace speech job/ranker-v2`.",
  });
  expect(status(view, { candidate: candidate("v3") }).problem).toBeNull();
  expect(status({ ...view, pods: [ready()] }, { candidate: candidate("v2") }).problem).toContain(
    "Job has reached the specified backoff limit. See",
  );
});

test("lanes have workers and task queues of their own, and the algorithm is told as their sum", () => {
  const workload = (name: string, replicas: number) => ({
    ...deployment("v1", replicas),
    metadata: { ...deployment("v1", 0).metadata, name },
  });
  const view = {
    workloads: [workload("laned-online", 1), workload("laned-offline", 3)],
    pods: [ready("laned-online-pod1"), ready("laned-offline-pod1")],
  };
  const queues = [polled("laned-online-pod1"), { ...polled("laned-offline-pod1"), backlog: 7 }];
  const found = status(view, { algorithm: laned, queues });
  expect(found.lanes).toMatchObject([
    { taskQueue: "laned.online", pollers: 1, backlog: 0, workers: { wanted: 1, ready: 1 } },
    { taskQueue: "laned.offline", pollers: 1, backlog: 7, workers: { wanted: 3, ready: 1, most: 5 } },
  ]);
  expect(found.says).toBe("7 activities wait: 2 of 4 workers are ready.");
});

test("a view is split by algorithm", () => {
  expect(viewOf(live, "ranker")).toEqual(live);
  expect(viewOf(live, "other")).toEqual({ workloads: [], jobs: [], pods: [], scaledObjects: [] });
});

const urn = (type: string, name: string) => `urn:pulumi:prod::project::${type}::${name}`;

test("the state says which cluster it is, and where each algorithm's objects are", () => {
  const component = urn("conduit:index:Algorithm", "ranker");
  const gate = urn("conduit:index:Algorithm$conduit:kubernetes:AlgorithmGate", "ranker");
  const job = `${gate.replace("::ranker", "")}$kubernetes:batch/v1:Job::ranker`;
  const resources = [
    {
      urn: urn("pulumi:providers:kubernetes", "cluster"),
      type: "pulumi:providers:kubernetes",
      inputs: { context: "gke" },
    },
    { urn: component, type: "conduit:index:Algorithm", parent: urn("pulumi:pulumi:Stack", "project-prod") },
    { urn: gate, type: "conduit:kubernetes:AlgorithmGate", parent: component },
    {
      urn: job,
      type: "kubernetes:batch/v1:Job",
      parent: gate,
      inputs: { metadata: { name: "r-1", namespace: "team" } },
    },
  ];
  expect(parseState({ resources }).cluster).toEqual({ context: "gke", namespaces: new Map([["ranker", "team"]]) });
});

test("`down` says what a destroy leaves", () => {
  const namespace = (name: string, deleteWithStack: boolean) => ({
    ...{
      urn: urn("conduit:temporal:Namespace", name),
      type: "conduit:temporal:Namespace",
      inputs: { deleteWithStack },
    },
  });
  const database = {
    urn: urn("kubernetes:apps/v1:StatefulSet", "temporal-postgres"),
    type: "kubernetes:apps/v1:StatefulSet",
    retainOnDelete: true,
    inputs: { metadata: { name: "temporal-postgres" }, spec: { volumeClaimTemplates: [{}] } },
  };
  expect(keptOnCluster({ resources: [namespace("speech", false), namespace("trial", true), database] })).toEqual([
    "Kept: the Temporal namespaces `speech` with their histories, as far as Temporal's own database stays.",
    "Kept in the cluster: StatefulSet `temporal-postgres`.",
    "Kept: the volumes of `temporal-postgres`.",
  ]);
  expect(keptOnCluster(undefined)).toEqual([]);
});
