/** A panel: what it is about, the unit of its values as Grafana names it, and its lines by their legend. */
interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: Readonly<Record<string, string>>;
}

const queue = 'namespace=~"$namespace", task_queue=~"$task_queue"';
const activities = 'worker_type="ActivityWorker"';
const perQueue = "{{task_queue}}";
const backlog =
  'sum by (task_queue) (label_replace(approximate_backlog_count{namespace=~"$namespace", task_type="Activity"}, "task_queue", "$1", "taskqueue", "($task_queue)"))';

const panels: readonly Panel[] = [
  { title: "Calls that wait", unit: "short", lines: { [perQueue]: backlog } },
  {
    title: "Workers",
    unit: "short",
    lines: { [perQueue]: `count by (task_queue) (temporal_worker_task_slots_used{${queue}, ${activities}})` },
  },
  {
    title: "Activities that run, and free slots",
    unit: "short",
    lines: {
      "{{task_queue}} running": `sum by (task_queue) (temporal_worker_task_slots_used{${queue}, ${activities}})`,
      "{{task_queue}} free": `sum by (task_queue) (temporal_worker_task_slots_available{${queue}, ${activities}})`,
    },
  },
  { title: "Wait for a worker (95 %)", unit: "ms", lines: { [perQueue]: p95("schedule_to_start_latency", queue) } },
  {
    title: "Calls a second",
    unit: "reqps",
    lines: { "{{task_queue}} {{activity_type}}": each(`rate(temporal_activity_task_received{${queue}}[5m])`) },
  },
  {
    title: "Attempts that fail a second",
    unit: "reqps",
    lines: { "{{task_queue}} {{activity_type}}": each(`rate(temporal_activity_execution_failed{${queue}}[5m])`) },
  },
  {
    title: "Run time of an attempt (95 %)",
    unit: "ms",
    lines: { "{{task_queue}} {{activity_type}}": p95("execution_latency", queue, ", activity_type") },
  },
  {
    title: "Workers by version",
    unit: "short",
    lines: {
      "{{algorithm}} {{version}}": `count by (algorithm, version) (temporal_num_pollers{${queue}, poller_type="activity_task"})`,
    },
  },
];

/** Grafana's dashboard of a stack's algorithms, as JSON. */
export function monitoringDashboard(stack: string): string {
  const dashboard = {
    uid: dashboardId(stack),
    title: `Algorithms of ${stack}`,
    tags: ["algorithm-conduit"],
    schemaVersion: 39,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus", label: "Data source" },
        variable("namespace", "temporal_worker_task_slots_used, namespace"),
        variable("task_queue", 'temporal_worker_task_slots_used{namespace=~"$namespace"}, task_queue'),
      ],
    },
    panels: panels.map(panel),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in, from its variable of that name.
const datasource = { type: "prometheus", uid: "${datasource}" };

function panel({ title, unit, lines }: Panel, index: number) {
  return {
    id: index + 1,
    type: "timeseries",
    title,
    datasource,
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(lines).map(([legendFormat, expr], line) => ({
      refId: String.fromCharCode(65 + line),
      datasource,
      expr,
      legendFormat,
    })),
  };
}

function variable(name: string, query: string) {
  return {
    name,
    type: "query",
    datasource,
    query: `label_values(${query})`,
    refresh: 2,
    includeAll: true,
    multi: true,
    current: { text: "All", value: "$__all" },
  };
}

/** Grafana's ids have at most 40 characters. */
function dashboardId(stack: string): string {
  return `conduit-${stack.replace(/[^A-Za-z0-9]+/g, "-")}`.slice(0, 40);
}

function each(expression: string): string {
  return `sum by (task_queue, activity_type) (${expression})`;
}

function p95(metric: string, selector: string, by = ""): string {
  return `histogram_quantile(0.95, sum by (task_queue${by}, le) (rate(temporal_activity_${metric}_bucket{${selector}}[5m])))`;
}
