import type { Registry } from "../../registry/resolve.ts";
import type { KubernetesNamespace } from "./algorithm-namespace.ts";
import type { MonitoringArgs } from "./monitoring.ts";
import type { KubernetesStackSettings } from "./stack-settings.ts";

export interface StackMonitoringArgs {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  readonly settings: Pick<KubernetesStackSettings, "monitoring" | "temporal">;
  readonly registry: Registry;
  readonly places: readonly KubernetesNamespace[];
}

/** What is monitored of a stack; undefined when nothing is. */
export function stackMonitoring({
  stack,
  settings,
  registry,
  places,
}: StackMonitoringArgs): MonitoringArgs | undefined {
  const { monitoring, temporal } = settings;
  if (!monitoring.podMonitors && !monitoring.rules && !monitoring.dashboard) return undefined;
  return {
    stack,
    settings: monitoring,
    namespaces: places.map(({ name }) => name),
    serverNamespace: temporal.mode === "external" ? undefined : temporal.namespace.name,
    queues: registry.algorithms.flatMap(({ name, owner, temporalNamespace, lanes }) =>
      lanes.map(({ taskQueue }) => ({ algorithm: name, owner: owner.team, temporalNamespace, taskQueue })),
    ),
  };
}

/** The Kubernetes namespace from which Prometheus reads metrics; undefined when it reads none. */
export function scrapedFrom({ monitoring }: Pick<KubernetesStackSettings, "monitoring">): string | undefined {
  return monitoring.podMonitors ? monitoring.namespace : undefined;
}
