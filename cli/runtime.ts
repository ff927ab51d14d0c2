import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { Candidate } from "../components/release.ts";
import type { TaskQueue } from "../providers/conduit/temporal/task-queue.ts";
import type { Algorithm } from "../registry/resolve.ts";
import type { resolveCandidates } from "../stacks/candidates.ts";
import type { Finding } from "./json/others.ts";
import type { AlgorithmStatus, StatusReport } from "./json/status.ts";
import type { LogsRequest } from "./logs-request.ts";
import type { StackState } from "./state.ts";

/** What a platform tells of one algorithm's workers, before it is judged what that means. */
export interface WorkersFacts
  extends Pick<
    AlgorithmStatus,
    | "state"
    | "lastDeploy"
    | "pollers"
    | "inFlight"
    | "slots"
    | "draining"
    | "restarts"
    | "workers"
    | "lanes"
    | "runs"
    | "unapplied"
  > {
  /** The version that is live, if one is. */
  readonly live: { readonly version: string; readonly commit: string } | undefined;
  /** The last try to make a version live that failed. */
  readonly failure: { readonly version: string; readonly message: string } | undefined;
  /** What keeps its workers from serving now, whatever version they are of. */
  readonly trouble: string | null;
}

/** What is known of an algorithm when its workers are looked at. */
export interface WorkersQuestion {
  readonly algorithm: Algorithm;
  readonly candidate: Candidate | undefined;
  /** What waits on its task queues, and who polls them, in the order of `queuesOf`; undefined when Temporal does not answer. */
  readonly queues: readonly (TaskQueue | undefined)[];
}

/** What `down` says of what it takes away. */
export interface DownNotice {
  /** What it would take away that is no matter of a moment to bring back; undefined where nobody needs to be asked. */
  readonly warning: string | undefined;
  /** Why nothing may be taken away from here, by the state; undefined when all may. */
  readonly refusal: (deployment: unknown) => Promise<string | undefined>;
  /** What it leaves, by the state before it. */
  readonly kept: (deployment: unknown) => readonly string[];
}

/** What the verbs ask of the platform that a stack's workers run on. */
export interface Runtime {
  /** Makes ready what `up` needs on this machine, with its progress shown. */
  readonly prepare: () => Promise<void>;
  /** What the sources hold now. */
  readonly candidates: (
    entries: readonly Algorithm[],
    how: { readonly stack: Stack; readonly state: Promise<StackState>; readonly resolve: typeof resolveCandidates },
  ) => Promise<ReadonlyMap<string, Candidate>>;
  /** The task queues that an algorithm's workers poll. */
  readonly queuesOf: (algorithm: Algorithm) => readonly string[];
  /** Looks at all workers, after Temporal was asked; then at those of single algorithms. */
  readonly look: (state: StackState) => Promise<(question: WorkersQuestion) => Promise<WorkersFacts>>;
  /** What `doctor` finds besides the algorithms. */
  readonly examine: (stack: Stack, report: StatusReport, state: StackState) => Promise<Finding[]>;
  /** Shows the log of an algorithm's workers, or of `temporal`. */
  readonly logs: (request: LogsRequest) => Promise<void>;
  /** Whether its algorithms' sources can be watched from here. */
  readonly watches: boolean;
  readonly down: DownNotice;
}
