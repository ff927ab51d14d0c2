import { expect, test } from "vitest";
import { z } from "zod";
import {
  Monitoring,
  type MonitoringArgs,
  monitoringObjects,
  podMonitors,
} from "../../../components/kubernetes/monitoring.ts";
import { monitoringDashboard } from "../../../components/kubernetes/monitoring-dashboard.ts";
import { monitoringRules } from "../../../components/kubernetes/monitoring-rules.ts";
import { monitoringSettings } from "../../../components/kubernetes/monitoring-settings.ts";
import { referenceKey } from "../../../components/kubernetes/ownership.ts";
import { manifestText } from "../../support/manifest-text.ts";
import { deploy } from "../../support/mocks.ts";

const queues = [
  { algorithm: "speaker-id", owner: "speech", temporalNamespace: "speech.a1b2c", taskQueue: "speaker-id.online" },
];

function args(written: z.input<typeof monitoringSettings>, serverNamespace?: string): MonitoringArgs {
  const settings = monitoringSettings.parse(written);
  return { stack: "conduit/prod", settings, namespaces: ["speech", "vision"], serverNamespace, queues };
}

const all = { podMonitors: true, rules: true, dashboard: true, labels: { release: "kube-prometheus-stack" } };
const manifest = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
});

test("nothing is made unless it is asked for", async () => {
  const resources = await deploy(() => new Monitoring("monitoring", args({}, "temporal")));
  expect(resources.filter(({ custom }) => custom)).toEqual([]);
});

test("what is asked for is known before anything is made", async () => {
  const wanted = args(all, "temporal");
  const made = (await deploy(() => new Monitoring("monitoring", wanted))).filter(({ custom }) => custom);
  const keys = made.map(({ inputs }) => {
    const { metadata, ...kind } = manifest.parse(inputs);
    return referenceKey({ ...kind, ...metadata });
  });
  expect(keys.toSorted()).toEqual(monitoringObjects(wanted).map(referenceKey).toSorted());
  expect(keys.toSorted()).toMatchInlineSnapshot(`
    [
      "/ConfigMap/monitoring/conduit-conduit-prod-dashboard",
      "monitoring.coreos.com/PodMonitor/speech/workers",
      "monitoring.coreos.com/PodMonitor/temporal/temporal-server",
      "monitoring.coreos.com/PodMonitor/vision/workers",
      "monitoring.coreos.com/PrometheusRule/monitoring/conduit-conduit-prod-rules",
    ]
  `);
});

test("Prometheus reads workers beside their pods, and keeps Temporal's namespace as it is written", () => {
  expect(manifestText(podMonitors(args(all))[0]?.manifest)).toMatchInlineSnapshot(`
    "
    metadata:
      name: workers
      namespace: speech
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: workers
        app.kubernetes.io/component: monitoring
        release: kube-prometheus-stack
      annotations:
        algorithm-conduit/stack: conduit/prod
    spec:
      selector:
        matchLabels:
          app.kubernetes.io/managed-by: algorithm-conduit
          app.kubernetes.io/component: worker
        matchExpressions:
          - key: algorithm-conduit/algorithm
            operator: Exists
      podMetricsEndpoints:
        - port: metrics
          honorLabels: true
          relabelings:
            - sourceLabels:
                - __meta_kubernetes_pod_label_algorithm_conduit_algorithm
              targetLabel: algorithm
    "
  `);
  expect(podMonitors(args(all)).map(({ suffix }) => suffix)).toEqual(["workers-speech", "workers-vision"]);
});

test("an owner is told of what waits, of workers that are busy, and of a version that was refused", () => {
  const stack = { queues, namespaces: ["speech", "vision"], server: true };
  expect(manifestText(monitoringRules(stack))).toMatchInlineSnapshot(`
    "
    - name: algorithm-conduit.task-queues
      rules:
        - record: algorithm_conduit_task_queue
          expr: vector(1)
          labels:
            namespace: speech.a1b2c
            task_queue: speaker-id.online
            algorithm: speaker-id
            owner: speech
    - name: algorithm-conduit.alerts
      rules:
        - alert: AlgorithmHasNoWorkers
          expr: (sum by (namespace, task_queue) (label_replace(approximate_backlog_count{task_type="Activity"}, "task_queue", "$1", "taskqueue", "(.+)")) > 0 unless on (namespace, task_queue) sum by (namespace, task_queue) (temporal_num_pollers{poller_type="activity_task"} or temporal_worker_task_slots_used{worker_type="ActivityWorker"}) > 0) * on (namespace, task_queue) group_left (algorithm, owner) algorithm_conduit_task_queue
          for: 15m
          labels:
            severity: critical
          annotations:
            summary: Calls of \`{{ $labels.algorithm }}\` (task queue \`{{ $labels.task_queue }}\` of \`{{ $labels.namespace }}\`) wait, and no worker takes them.
            description: \`conduit status {{ $labels.algorithm }}\` says why.
        - alert: AlgorithmWorkersBusy
          expr: (sum by (namespace, task_queue) (label_replace(approximate_backlog_count{task_type="Activity"}, "task_queue", "$1", "taskqueue", "(.+)")) > 0 and on (namespace, task_queue) sum by (namespace, task_queue) (temporal_worker_task_slots_available{worker_type="ActivityWorker"}) == 0) * on (namespace, task_queue) group_left (algorithm, owner) algorithm_conduit_task_queue
          for: 15m
          labels:
            severity: warning
          annotations:
            summary: All workers of \`{{ $labels.algorithm }}\` (task queue \`{{ $labels.task_queue }}\` of \`{{ $labels.namespace }}\`) are busy, and calls wait.
            description: Raise \`scaling.max\` or \`concurrency\`, or see whether activities take longer than they did.
        - alert: AlgorithmCallsWait
          expr: (histogram_quantile(0.95, sum by (namespace, task_queue, le) (rate(temporal_activity_schedule_to_start_latency_bucket[10m]))) > 60000) * on (namespace, task_queue) group_left (algorithm, owner) algorithm_conduit_task_queue
          for: 10m
          labels:
            severity: warning
          annotations:
            summary: One in twenty calls of \`{{ $labels.algorithm }}\` (task queue \`{{ $labels.task_queue }}\` of \`{{ $labels.namespace }}\`) waits for a worker for more than a minute.
            description: Raise \`scaling.max\`, or \`scaling.min\` where waking from zero is what takes so long.
        - alert: AlgorithmVersionRefused
          expr: label_replace(kube_job_failed{condition="true", namespace=~"speech|vision", job_name=~"(.+)-[0-9a-f]{12}-[0-9a-f]{8}"} == 1, "algorithm", "$1", "job_name", "(.+)-[0-9a-f]{12}-[0-9a-f]{8}")
          labels:
            severity: warning
          annotations:
            summary: A new version of \`{{ $labels.algorithm }}\` did not start; the one before it goes on serving.
            description: \`kubectl logs --namespace {{ $labels.namespace }} job/{{ $labels.job_name }}\` says why.
    "
  `);
});

test("where others run Temporal, nobody knows what waits: only what workers themselves see is told", () => {
  const [, alerts] = monitoringRules({ queues, namespaces: ["speech"], server: false });
  expect(alerts?.rules.map(({ alert }) => alert)).toEqual(["AlgorithmCallsWait", "AlgorithmVersionRefused"]);
});

test("the dashboard is JSON that Grafana reads, with an id of at most 40 characters", () => {
  const dashboard = JSON.parse(monitoringDashboard(`platform/${"a-very-long-name".repeat(4)}`));
  expect(dashboard.uid.length).toBeLessThanOrEqual(40);
  expect(dashboard.panels.map(({ title }: { title: string }) => title)).toMatchInlineSnapshot(`
    [
      "Calls that wait",
      "Workers",
      "Activities that run, and free slots",
      "Wait for a worker (95 %)",
      "Calls a second",
      "Attempts that fail a second",
      "Run time of an attempt (95 %)",
      "Workers by version",
    ]
  `);
});
