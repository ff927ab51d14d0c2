import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Algorithm } from "../../registry/resolve.ts";
import type { Settings } from "../../registry/settings.ts";

export interface WorkerEnvironmentArgs {
  readonly algorithm: Algorithm;
  readonly address: pulumi.Input<string>;
  readonly version: pulumi.Input<string>;
  readonly commit: pulumi.Input<string>;
  readonly settings: pulumi.Input<Settings>;
  /** The folder with the worker's sources. */
  readonly runtime: pulumi.Input<string>;
  readonly cache: string;
}

/** The environment of a worker process, but for what the machine adds: the worker contract and the entry's `env`. */
export function workerEnvironment(args: WorkerEnvironmentArgs): pulumi.Output<Record<string, string>> {
  const { algorithm, cache, address, version, commit, settings, runtime } = args;
  return pulumi.output({ address, version, commit, settings, runtime }).apply(
    (known): Record<string, string> => ({
      PYTHONPATH: known.runtime,
      PYTHONPYCACHEPREFIX: path.join(cache, "pycache"),
      PYTHONUNBUFFERED: "1",
      ...algorithm.env,
      ...contractVariables(algorithm, known),
    }),
  );
}

/** The worker contract (version 1) as variables. */
export function contractVariables(
  algorithm: Pick<Algorithm, "name" | "temporalNamespace" | "lanes">,
  known: { address: string; version: string; commit: string; settings: Settings },
): Record<string, string> {
  const { settings } = known;
  return {
    CONDUIT_CONTRACT: "1",
    CONDUIT_ALGORITHM: algorithm.name,
    CONDUIT_TASK_QUEUE: algorithm.name,
    CONDUIT_VERSION: known.version,
    CONDUIT_COMMIT: known.commit,
    CONDUIT_CONCURRENCY: String(settings.concurrency),
    CONDUIT_SHUTDOWN_GRACE: String(settings.shutdownGrace / 1000),
    CONDUIT_STARTUP_TIMEOUT: String(settings.timeouts.startup / 1000),
    CONDUIT_CPU: String(settings.cpu / 1000),
    CONDUIT_NON_RETRYABLE: settings.retry.nonRetryable.join(","),
    CONDUIT_EXIT_WITH_PARENT: "1",
    TEMPORAL_ADDRESS: known.address,
    TEMPORAL_NAMESPACE: algorithm.temporalNamespace,
    ...(settings.entry === undefined ? {} : { CONDUIT_ENTRY: settings.entry }),
  };
}
