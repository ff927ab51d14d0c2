/** What the worker contract says of one worker. */
export interface WorkerContractArgs {
  /** The registry entry's name. */
  readonly algorithm: string;
  /** The task queue that it polls. */
  readonly taskQueue: string;
  readonly version: string;
  /** As the registry resolves them: durations in milliseconds, CPU in millicores. */
  readonly settings: {
    readonly entry?: string | undefined;
    readonly cpu: number;
    readonly concurrency: number;
    readonly shutdownGrace: number;
    readonly timeouts: { readonly startup: number };
    readonly retry: { readonly nonRetryable: readonly string[] };
  };
  /** Temporal's address, `host:port`. */
  readonly address: string;
  readonly temporalNamespace: string;
}

/**
 * The environment by which every platform tells a worker what it is (version 1 of the worker contract), but for the commit:
 * that is provenance, and no reason for another worker.
 */
export function workerContract(args: WorkerContractArgs): Record<string, string> {
  const { settings } = args;
  return {
    CONDUIT_CONTRACT: "1",
    CONDUIT_ALGORITHM: args.algorithm,
    CONDUIT_TASK_QUEUE: args.taskQueue,
    CONDUIT_VERSION: args.version,
    CONDUIT_CONCURRENCY: String(settings.concurrency),
    CONDUIT_SHUTDOWN_GRACE: String(settings.shutdownGrace / 1000),
    CONDUIT_STARTUP_TIMEOUT: String(settings.timeouts.startup / 1000),
    CONDUIT_CPU: String(settings.cpu / 1000),
    CONDUIT_NON_RETRYABLE: settings.retry.nonRetryable.join(","),
    TEMPORAL_ADDRESS: args.address,
    TEMPORAL_NAMESPACE: args.temporalNamespace,
    ...(settings.entry === undefined ? {} : { CONDUIT_ENTRY: settings.entry }),
  };
}
