import { z } from "zod";

/** What `conduit:local:Worker` is given. Durations are milliseconds, CPU is millicores, as the registry resolves them. */
export const workerInputs = z.looseObject({
  supervisor: z.looseObject({
    home: z.string(),
    socket: z.string(),
    runDirectory: z.string(),
    /** supervisord's own python, which only launches. */
    python: z.string(),
  }),
  /** Temporal's address. */
  address: z.string(),
  algorithm: z.looseObject({
    name: z.string(),
    temporalNamespace: z.string(),
    /** Another one when the namespace had to be made again: a worker of the one that is gone never polls the new one. */
    namespaceId: z.string().optional(),
    env: z.record(z.string(), z.string()),
  }),
  release: z.looseObject({
    version: z.string(),
    commit: z.string(),
    /** The algorithm's folder in its checkout. */
    directory: z.string(),
    settings: z.looseObject({
      entry: z.string().optional(),
      cpu: z.number(),
      concurrency: z.number(),
      shutdownGrace: z.number(),
      timeouts: z.looseObject({ startup: z.number() }),
      retry: z.looseObject({ nonRetryable: z.array(z.string()) }),
    }),
  }),
  /** The interpreter of the algorithm's environment. */
  python: z.string(),
  /** The folder with the worker's sources. */
  runtime: z.string(),
  cache: z.string(),
  /** Milliseconds without work after which the worker goes to sleep; it never does when left out. */
  idleAfter: z.number().optional(),
});

export type WorkerInputs = z.infer<typeof workerInputs>;
