import type { Candidate } from "../components/release.ts";
import type { TaskQueue } from "../providers/conduit/temporal/task-queue.ts";
import type { Algorithm } from "../registry/resolve.ts";
import type { AlgorithmStatus } from "./json/status.ts";
import type { WorkersFacts } from "./runtime.ts";
import { sentenceOf } from "./sentence.ts";

/** What was asked about one algorithm, before any of it is judged. */
export interface Facts {
  readonly algorithm: Algorithm;
  readonly candidate: Candidate | undefined;
  /** What waits on its task queues; undefined when Temporal does not answer. */
  readonly queues: readonly (TaskQueue | undefined)[];
  readonly workers: WorkersFacts;
  readonly elsewhere: AlgorithmStatus["elsewhere"];
  /** Name of the stack: advice names it. */
  readonly stack: string;
}

/** What is so with an algorithm. */
export function judge({ algorithm, candidate, queues, workers, elsewhere, stack }: Facts): AlgorithmStatus {
  const { live, failure, trouble, ...told } = workers;
  const wanted = candidate && "version" in candidate ? candidate : undefined;
  const upToDate = wanted !== undefined && wanted.version === live?.version;
  const status = {
    name: algorithm.name,
    namespace: algorithm.namespace,
    owner: algorithm.owner.team,
    ...told,
    // Of commits with the same content the live one is as good as the newest.
    wantedCommit: upToDate ? (live?.commit ?? null) : (wanted?.commit ?? null),
    liveCommit: live?.commit ?? null,
    liveVersion: live?.version ?? null,
    upToDate,
    backlog: queues.reduce((sum, queue) => sum + (queue?.backlog ?? 0), 0),
    mock: algorithm.source.kind === "mock",
    elsewhere,
    problem: problemOf(candidate, failure, upToDate) ?? trouble,
  };
  return { ...status, says: sentenceOf(status, stack) };
}

/** A failed try counts as long as what failed is what is wanted, and is not live. */
function problemOf(
  candidate: Candidate | undefined,
  failure: WorkersFacts["failure"],
  upToDate: boolean,
): string | null {
  if (candidate && "problem" in candidate) return candidate.problem;
  if (failure === undefined || upToDate || candidate?.version !== failure.version) return null;
  return failure.message;
}
