import path from "node:path";
import type { WorkerInputs } from "./worker-inputs.ts";

/**
 * The environment of a worker process, but for what the machine adds: the worker contract (version 1), the entry's `env`,
 * and where Python finds the worker's code.
 */
export function workerEnvironment(worker: WorkerInputs): Record<string, string> {
  const { algorithm, release, runtime, cache } = worker;
  return {
    PYTHONPATH: runtime,
    PYTHONPYCACHEPREFIX: path.join(cache, "pycache"),
    PYTHONUNBUFFERED: "1",
    ...algorithm.env,
    CONDUIT_COMMIT: release.commit,
    ...contractVariables(worker),
  };
}

/** The worker contract's variables, but for the commit: it is provenance, and no reason for another process. */
function contractVariables({ algorithm, release, address }: WorkerInputs): Record<string, string> {
  const { settings, version } = release;
  return {
    CONDUIT_CONTRACT: "1",
    CONDUIT_ALGORITHM: algorithm.name,
    CONDUIT_TASK_QUEUE: algorithm.name,
    CONDUIT_VERSION: version,
    CONDUIT_CONCURRENCY: String(settings.concurrency),
    CONDUIT_SHUTDOWN_GRACE: String(settings.shutdownGrace / 1000),
    CONDUIT_STARTUP_TIMEOUT: String(settings.timeouts.startup / 1000),
    CONDUIT_CPU: String(settings.cpu / 1000),
    CONDUIT_NON_RETRYABLE: settings.retry.nonRetryable.join(","),
    CONDUIT_EXIT_WITH_PARENT: "1",
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: algorithm.temporalNamespace,
    ...(settings.entry === undefined ? {} : { CONDUIT_ENTRY: settings.entry }),
  };
}
