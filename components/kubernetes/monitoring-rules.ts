import type { Rule } from "./crds.ts";

/** One task queue of an algorithm, as its metrics name it. */
export interface MonitoredQueue {
  readonly algorithm: string;
  /** The team that is told. */
  readonly owner: string;
  /** The Temporal namespace, by its name on the server. */
  readonly temporalNamespace: string;
  readonly taskQueue: string;
}

/** What the rules are made from. */
export interface MonitoredStack {
  readonly queues: readonly MonitoredQueue[];
  /** The Kubernetes namespaces of the workers. */
  readonly namespaces: readonly string[];
  /** Whether Prometheus reads the metrics of Temporal's server; without them nobody knows what waits. */
  readonly server: boolean;
}

/** Says which algorithm a task queue belongs to, and whose it is: alerts get both from it. */
const ownerSeries = "algorithm_conduit_task_queue";

/** The server's `taskqueue` under the name that workers use. */
const backlog =
  'sum by (namespace, task_queue) (label_replace(approximate_backlog_count{task_type="Activity"}, "task_queue", "$1", "taskqueue", "(.+)"))';

/** A worker whose slots are all in use does not poll: it is there all the same. */
const alive =
  'sum by (namespace, task_queue) (temporal_num_pollers{poller_type="activity_task"} or temporal_worker_task_slots_used{worker_type="ActivityWorker"})';

const free = 'sum by (namespace, task_queue) (temporal_worker_task_slots_available{worker_type="ActivityWorker"})';

const waited =
  "histogram_quantile(0.95, sum by (namespace, task_queue, le) (rate(temporal_activity_schedule_to_start_latency_bucket[10m])))";

/** An activity waits too long from here on, in milliseconds. */
const longWait = 60_000;

/** The rules of a stack, in groups by what they are for. */
export function monitoringRules(stack: MonitoredStack): { name: string; rules: Rule[] }[] {
  return [
    { name: "algorithm-conduit.task-queues", rules: stack.queues.map(ownerRule) },
    { name: "algorithm-conduit.alerts", rules: [...(stack.server ? backlogAlerts : []), waitAlert, gateAlert(stack)] },
  ];
}

function ownerRule({ algorithm, owner, temporalNamespace, taskQueue }: MonitoredQueue): Rule {
  return {
    record: ownerSeries,
    expr: "vector(1)",
    labels: { namespace: temporalNamespace, task_queue: taskQueue, algorithm, owner },
  };
}

const where = "`{{ $labels.algorithm }}` (task queue `{{ $labels.task_queue }}` of `{{ $labels.namespace }}`)";
const owned = (expression: string) =>
  `(${expression}) * on (namespace, task_queue) group_left (algorithm, owner) ${ownerSeries}`;

const backlogAlerts: readonly Rule[] = [
  {
    alert: "AlgorithmHasNoWorkers",
    expr: owned(`${backlog} > 0 unless on (namespace, task_queue) ${alive} > 0`),
    for: "15m",
    labels: { severity: "critical" },
    annotations: {
      summary: `Calls of ${where} wait, and no worker takes them.`,
      description: "`conduit status {{ $labels.algorithm }}` says why.",
    },
  },
  {
    alert: "AlgorithmWorkersBusy",
    expr: owned(`${backlog} > 0 and on (namespace, task_queue) ${free} == 0`),
    for: "15m",
    labels: { severity: "warning" },
    annotations: {
      summary: `All workers of ${where} are busy, and calls wait.`,
      description: "Raise `scaling.max` or `concurrency`, or see whether activities take longer than they did.",
    },
  },
];

const waitAlert: Rule = {
  alert: "AlgorithmCallsWait",
  expr: owned(`${waited} > ${longWait}`),
  for: "10m",
  labels: { severity: "warning" },
  annotations: {
    summary: `One in twenty calls of ${where} waits for a worker for more than a minute.`,
    description: "Raise `scaling.max`, or `scaling.min` where waking from zero is what takes so long.",
  },
};

/** The series is of kube-state-metrics; a gate's Job is named after the algorithm and the version. */
function gateAlert({ namespaces }: MonitoredStack): Rule {
  const job = "(.+)-[0-9a-f]{12}-[0-9a-f]{8}";
  const failed = `kube_job_failed{condition="true", namespace=~"${namespaces.join("|")}", job_name=~"${job}"} == 1`;
  return {
    alert: "AlgorithmVersionRefused",
    expr: `label_replace(${failed}, "algorithm", "$1", "job_name", "${job}")`,
    labels: { severity: "warning" },
    annotations: {
      summary: "A new version of `{{ $labels.algorithm }}` did not start; the one before it goes on serving.",
      description: "`kubectl logs --namespace {{ $labels.namespace }} job/{{ $labels.job_name }}` says why.",
    },
  };
}
