import path from "node:path";
import { workerContract } from "../../../runtime/worker-contract.ts";
import type { WorkerInputs } from "./worker-inputs.ts";

/**
 * The environment of a worker process, but for what the machine adds: the worker contract (version 1), the entry's `env`,
 * and where Python finds the worker's code.
 */
export function workerEnvironment(worker: WorkerInputs): Record<string, string> {
  const { algorithm, release, runtime, cache, address } = worker;
  const { name, temporalNamespace } = algorithm;
  const { version, settings } = release;
  return {
    PYTHONPATH: runtime,
    PYTHONPYCACHEPREFIX: path.join(cache, "pycache"),
    PYTHONUNBUFFERED: "1",
    ...algorithm.env,
    CONDUIT_COMMIT: release.commit,
    CONDUIT_EXIT_WITH_PARENT: "1",
    ...workerContract({ algorithm: name, taskQueue: name, version, settings, address, temporalNamespace }),
  };
}
