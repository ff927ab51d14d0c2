import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PodMonitor, PrometheusRule } from "./crds.ts";
import { objectMeta } from "./metadata.ts";
import { monitoringDashboard } from "./monitoring-dashboard.ts";
import { type MonitoredQueue, monitoringRules } from "./monitoring-rules.ts";
import type { MonitoringSettings } from "./monitoring-settings.ts";
import type { ObjectReference } from "./ownership.ts";
import { serverMonitor, workerMonitor } from "./pod-monitors.ts";

export interface MonitoringArgs {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  /** The section `monitoring` of the stack's settings. */
  readonly settings: MonitoringSettings;
  /** The Kubernetes namespaces of the workers. */
  readonly namespaces: readonly string[];
  /** The Kubernetes namespace of Temporal's server. @default none: others run it, and its metrics are theirs */
  readonly serverNamespace?: string | undefined;
  /** The task queues of the stack's algorithms. */
  readonly queues: readonly MonitoredQueue[];
  /** What must be there before, such as the namespaces. @default [] */
  readonly after?: readonly pulumi.Resource[] | undefined;
}

/**
 * What lets a Prometheus operator and a Grafana of the cluster see the stack: all that the settings ask for, by default
 * nothing. The alert on refused versions needs kube-state-metrics.
 *
 * @example new Monitoring("monitoring", { stack, settings, namespaces: ["speech"], serverNamespace: "temporal", queues })
 */
export class Monitoring extends pulumi.ComponentResource {
  /** All that it made. */
  readonly made: readonly pulumi.Resource[];

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:kubernetes:Monitoring", name, {}, opts);
    const parent = { parent: this, dependsOn: [...(args.after ?? [])] };
    const rule = prometheusRule(args);
    const dashboard = dashboardConfigMap(args);
    this.made = [
      ...podMonitors(args).map(({ suffix, manifest }) => new PodMonitor(`${name}-${suffix}`, manifest, parent)),
      ...(rule ? [new PrometheusRule(`${name}-rules`, rule, parent)] : []),
      ...(dashboard ? [new k8s.core.v1.ConfigMap(`${name}-dashboard`, dashboard, parent)] : []),
    ];
    this.registerOutputs({ made: this.made });
  }
}

/** Every object that a {@link Monitoring} is. */
export function monitoringObjects(args: MonitoringArgs): ObjectReference[] {
  const operator = (kind: string) => ({ apiVersion: "monitoring.coreos.com/v1", kind });
  const rule = prometheusRule(args);
  const dashboard = dashboardConfigMap(args);
  return [
    ...podMonitors(args).map(({ manifest }) => ({ ...operator("PodMonitor"), ...named(manifest) })),
    ...(rule ? [{ ...operator("PrometheusRule"), ...named(rule) }] : []),
    ...(dashboard ? [{ apiVersion: "v1", kind: "ConfigMap", ...named(dashboard) }] : []),
  ];
}

/** One PodMonitor beside the pods that it reads: Prometheus needs no rights beyond their namespace. */
export function podMonitors({ stack, settings, namespaces, serverNamespace }: MonitoringArgs) {
  if (!settings.podMonitors) return [];
  const monitor = (name: string, namespace: string) =>
    objectMeta({ stack, name, namespace, component: "monitoring", labels: settings.labels });
  const workers = namespaces.map((namespace) => {
    return {
      suffix: `workers-${namespace}`,
      manifest: { metadata: monitor("workers", namespace), spec: workerMonitor },
    };
  });
  if (serverNamespace === undefined) return workers;
  const server = { metadata: monitor("temporal-server", serverNamespace), spec: serverMonitor };
  return [...workers, { suffix: "server", manifest: server }];
}

/** The alerts, beside Prometheus; undefined when they are not asked for. */
export function prometheusRule(args: MonitoringArgs) {
  const { settings, namespaces, serverNamespace, queues } = args;
  if (!settings.rules) return undefined;
  const groups = monitoringRules({ queues, namespaces, server: serverNamespace !== undefined });
  return { metadata: besidePrometheus(args, "rules", settings.labels), spec: { groups } };
}

/** The dashboard, beside Grafana; undefined when it is not asked for. */
export function dashboardConfigMap(args: MonitoringArgs) {
  const { stack, settings } = args;
  if (!settings.dashboard) return undefined;
  return {
    metadata: besidePrometheus(args, "dashboard", settings.dashboardLabels),
    data: { "algorithm-conduit.json": monitoringDashboard(stack) },
  };
}

/** Stacks may share the namespace of Prometheus, so that names hold the stack. */
function besidePrometheus({ stack, settings }: MonitoringArgs, what: string, labels: Readonly<Record<string, string>>) {
  const own = stack.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return objectMeta({
    stack,
    name: `conduit-${own}-${what}`.slice(0, 63),
    namespace: settings.namespace,
    component: "monitoring",
    labels,
  });
}

function named({ metadata }: { readonly metadata: { readonly namespace?: string; readonly name: string } }) {
  const { namespace, name } = metadata;
  return { ...(namespace === undefined ? {} : { namespace }), name };
}
