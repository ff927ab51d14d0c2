import type { PodMonitorSpec } from "./crds.ts";
import { algorithmLabel, managedBy } from "./metadata.ts";

/** The port of every pod of ours that gives metrics. */
const port = "metrics";

/**
 * Reads the metrics of all workers in a Kubernetes namespace.
 *
 * `namespace` is Temporal's in all series, as the SDK and the server write it, not Kubernetes' own: alerts join the two.
 */
export const workerMonitor: PodMonitorSpec = {
  selector: {
    matchLabels: { ...managedBy, "app.kubernetes.io/component": "worker" },
    matchExpressions: [{ key: algorithmLabel, operator: "Exists" }],
  },
  podMetricsEndpoints: [
    {
      port,
      honorLabels: true,
      relabelings: [
        // Workers in any language are told apart by their pods.
        { sourceLabels: ["__meta_kubernetes_pod_label_algorithm_conduit_algorithm"], targetLabel: "algorithm" },
      ],
    },
  ],
};

/** Reads the metrics of the pods of Temporal's server. */
export const serverMonitor: PodMonitorSpec = {
  selector: { matchLabels: { "app.kubernetes.io/part-of": "temporal" } },
  podMetricsEndpoints: [{ port, honorLabels: true }],
};
