import type { types } from "@pulumi/kubernetes";

type Probe = types.input.core.v1.Probe;

/** As often as the kubelet can: until then the old workers stay. */
const startPeriodSeconds = 1;

/** While the code is imported, the interpreter may be slow to answer. */
const startTimeoutSeconds = 2;

/** The probes of a worker, all on its health port. */
export interface WorkerProbes {
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

/**
 * A worker has started once it polls, within `timeouts.startup` (it ends itself a little earlier, and says why). After that it
 * is restarted only when its process has not answered for three minutes: native code that holds the interpreter's lock makes
 * it silent while it works.
 *
 * @param startup Milliseconds.
 */
export function workerProbes(startup: number): WorkerProbes {
  const ready = { httpGet: { path: "/readyz", port: "health" } };
  return {
    startupProbe: {
      ...ready,
      periodSeconds: startPeriodSeconds,
      timeoutSeconds: startTimeoutSeconds,
      failureThreshold: Math.ceil(startup / 1000 / startPeriodSeconds) + 10,
    },
    livenessProbe: {
      httpGet: { path: "/healthz", port: "health" },
      periodSeconds: 20,
      timeoutSeconds: 5,
      failureThreshold: 9,
    },
    readinessProbe: { ...ready, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
  };
}
