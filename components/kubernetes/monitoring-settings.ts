import type { z } from "zod";
import { labelKeyPattern, labelValuePattern } from "../../registry/kubernetes-patterns.ts";
import { flag, section, table, text } from "../../registry/values.ts";
import { namespaceName } from "./temporal/shared-settings.ts";

const labels = () =>
  table(
    text(labelKeyPattern, "Name a label."),
    text(labelValuePattern, "Write the value of a label."),
    'Write an object of labels, such as `{ release: "kube-prometheus-stack" }`.',
  );

/** The section `monitoring`: what is made for a Prometheus operator and a Grafana that the cluster has. All is off by default. */
export const monitoringSettings = section({
  /** The Kubernetes namespace in which Prometheus and Grafana run; rules and dashboards are made there. @default "monitoring" */
  namespace: namespaceName().prefault("monitoring"),
  /** Whether PodMonitors have Prometheus read the metrics of workers and of Temporal's server. @default false */
  podMonitors: flag().prefault(false),
  /** Whether a PrometheusRule alerts on what owners of algorithms should know. @default false */
  rules: flag().prefault(false),
  /** Labels by which your Prometheus finds PodMonitors and rules, such as `{ release: "kube-prometheus-stack" }`. @default {} */
  labels: labels().prefault({}),
  /** Whether a ConfigMap gives Grafana a dashboard. @default false */
  dashboard: flag().prefault(false),
  /** Labels by which your Grafana finds dashboards. @default { grafana_dashboard: "1" } */
  dashboardLabels: labels().prefault({ grafana_dashboard: "1" }),
});

/** What is made for Prometheus and Grafana. */
export type MonitoringSettings = z.output<typeof monitoringSettings>;
