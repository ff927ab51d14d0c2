import { z } from "zod";

const commit = "40 hex digits, zeros where nothing was committed, with `-dirty` for an edited folder, or `mock`";

const workerCount = z.strictObject({
  wanted: z.int().describe("Workers that are wanted now: the autoscaler's word."),
  ready: z.int().describe("Workers that are ready."),
  most: z.int().describe("Most workers that the registry allows."),
});

const runningActivity = z.strictObject({
  activity: z.string().describe("Name of the activity."),
  workflowId: z.string().describe("Id of the workflow that called it."),
  attempt: z.int().describe("Which attempt it was."),
});

/** One algorithm in `./conduit status`. */
export const algorithmStatusSchema = z.strictObject({
  name: z.string().describe("Name in the registry, and of the task queue."),
  namespace: z.string().describe("Key of its namespace in the registry."),
  owner: z.string().describe("Team or address of the owner."),
  state: z
    .enum(["live", "asleep", "starting", "restarting", "disconnected", "down", "paused", "unsupported"])
    .describe(
      "`live`: its worker polls. `asleep`: the next call wakes it. `starting`: not yet. `restarting`: it crashes, and is started again and again. " +
        "`disconnected`: it runs, but Temporal does not. `down`: no worker runs. `paused`: somebody paused its autoscaler at " +
        "no worker. `unsupported`: the platform cannot run it.",
    ),
  says: z.string().describe("What is so, in one sentence: why a call waits, if one does."),
  wantedCommit: z.string().nullable().describe(`What its source holds now (${commit}); null when that cannot be read.`),
  liveCommit: z
    .string()
    .nullable()
    .describe("The commit whose worker polls, as Temporal lists it; null when none does."),
  liveVersion: z
    .string()
    .nullable()
    .describe("The version whose worker polls, `<tree>-<recipe>`; null when none does."),
  upToDate: z.boolean().describe("Whether the live version is what its source holds now."),
  pollers: z.int().describe("Workers of the live version that poll its task queue."),
  backlog: z.int().describe("Activities that wait for a worker; approximate, as Temporal says."),
  inFlight: z
    .int()
    .nullable()
    .describe("Activities that its workers run now, those of draining ones too; null on Kubernetes."),
  workers: workerCount.nullable().describe("How many workers there are, on Kubernetes; null on `local`."),
  lanes: z
    .array(
      z.strictObject({
        name: z.string().describe("Name of the lane; `default` where the registry names none."),
        taskQueue: z.string().describe("Its task queue."),
        pollers: z.int().describe("Workers of the live version that poll it."),
        backlog: z.int().describe("Activities that wait on it."),
        workers: workerCount.describe("How many workers it has."),
      }),
    )
    .describe("The lanes, each with workers of its own; empty on `local`."),
  slots: z.int().nullable().describe("Activities that the live worker runs at a time; null when none was ever live."),
  draining: z.int().describe("Older workers that finish what they run."),
  restarts: z
    .strictObject({
      count: z.int().describe("How often in the last ten minutes."),
      at: z.string().describe("When it ended last (ISO 8601)."),
      how: z.string().describe("How it ended last: `exit code 1`, `SIGKILL`, `OOMKilled`."),
      running: z
        .array(runningActivity)
        .nullable()
        .describe("What it ran when it ended last, at most ten; null on `local`, where that is not known."),
    })
    .nullable()
    .describe("Ends of its worker that nobody asked for; null when there were none in the last ten minutes."),
  lastDeploy: z.string().nullable().describe("When a version went live last (ISO 8601); null for never."),
  mock: z.boolean().describe("Whether a mock stands for it."),
  runs: z.boolean().describe("Whether the platform can run it at all."),
  unapplied: z.array(z.string()).describe("Fields of the registry that this platform does not apply."),
  elsewhere: z
    .array(
      z.strictObject({
        namespace: z.string().describe("Name of the namespace on the server."),
        backlog: z.int().describe("Activities that wait there in vain."),
      }),
    )
    .describe(
      "Other namespaces where activities wait on a task queue of its name; asked for one named algorithm only.",
    ),
  problem: z
    .string()
    .nullable()
    .describe("What keeps its newest version from being live, or it from serving; null for none."),
});

/** `./conduit status --json`. */
export const statusSchema = z.strictObject({
  stack: z.string().describe("Name of the stack."),
  address: z.string().nullable().describe("Temporal's address, `host:port`; null when it does not serve."),
  ui: z.string().nullable().describe("Address of Temporal's web UI; null when Temporal does not serve."),
  unreachable: z
    .array(z.string())
    .describe("Why Temporal, or what serves one of its namespaces, cannot be reached; empty on `local`."),
  algorithms: z.array(algorithmStatusSchema).describe("One for each algorithm that was asked about."),
});

export type RunningActivity = z.output<typeof runningActivity>;
export type AlgorithmStatus = z.output<typeof algorithmStatusSchema>;
export type StatusReport = z.output<typeof statusSchema>;
