import type { Connection } from "@temporalio/client";
import { runsOnLocal, unappliedOnLocal } from "../components/local/unapplied.ts";
import type { Candidate } from "../components/release.ts";
import { type Exit, exitsOf } from "../providers/conduit/local/exits.ts";
import { type LastFailure, lastFailureOf } from "../providers/conduit/local/last-failure.ts";
import type { SupervisedProcess } from "../providers/conduit/local/supervisord.ts";
import { parseIdentity, type TaskQueue } from "../providers/conduit/temporal/task-queue.ts";
import type { Algorithm } from "../registry/resolve.ts";
import type { AlgorithmStatus } from "./json/status.ts";
import { queuesElsewhere } from "./queues-elsewhere.ts";
import { sentenceOf } from "./sentence.ts";
import type { AlgorithmState, StackState } from "./state.ts";
import { isAsleep, type WorkerProcess, workerProcesses } from "./worker-processes.ts";

/** Milliseconds in which ends of a worker count as crashes that belong together. */
const crashWindow = 10 * 60_000;

/** What was asked about one algorithm, before any of it is judged. */
export interface Facts {
  readonly algorithm: Algorithm;
  readonly candidate: Candidate | undefined;
  readonly chain: AlgorithmState | undefined;
  /** Undefined when Temporal does not answer. */
  readonly queue: TaskQueue | undefined;
  readonly processes: readonly WorkerProcess[];
  /** Whether its worker is stopped, to be started when something waits for it. */
  readonly asleep: boolean;
  /** Unasked ends of the live worker, the oldest first. */
  readonly exits: readonly Exit[];
  readonly failure: LastFailure | undefined;
  readonly elsewhere: AlgorithmStatus["elsewhere"];
  readonly now: Date;
}

export interface StatusQuestion {
  readonly algorithm: Algorithm;
  readonly candidate: Candidate | undefined;
  readonly state: StackState;
  /** Undefined when Temporal does not answer. */
  readonly queue: TaskQueue | undefined;
  /** All that the supervisor ran after that. */
  readonly supervised: readonly SupervisedProcess[];
  /** Undefined when Temporal does not run. */
  readonly connection: Connection | undefined;
  /** Whether to look for calls in the wrong namespace too. */
  readonly thorough: boolean;
}

/** Asks Temporal and the workers about one algorithm. */
export async function algorithmStatus(question: StatusQuestion): Promise<AlgorithmStatus> {
  const { algorithm, candidate, state, queue, supervised, connection, thorough } = question;
  const { name, temporalNamespace } = algorithm;
  const chain = state.algorithms.get(name);
  const home = state.supervisor?.home ?? "";
  const [processes, asleep, exits, failure, elsewhere] = await Promise.all([
    workerProcesses(state, supervised, name),
    isAsleep(supervised, home, chain?.worker),
    exitsOf(home, chain?.worker?.program ?? name),
    lastFailureOf(home, name),
    connection && thorough ? queuesElsewhere(connection, temporalNamespace, name) : [],
  ]);
  return judge({ algorithm, candidate, chain, queue, processes, asleep, exits, failure, elsewhere, now: new Date() });
}

/** Exported for tests. */
export function judge(facts: Facts): AlgorithmStatus {
  const { algorithm, chain, queue, processes } = facts;
  const wanted = facts.candidate && "version" in facts.candidate ? facts.candidate : undefined;
  const pollers = livePollers(facts);
  const live = pollers > 0 || facts.asleep ? chain?.worker : undefined;
  const upToDate = wanted !== undefined && wanted.version === live?.version;
  const restarts = restartsOf(facts);
  const status = {
    name: algorithm.name,
    namespace: algorithm.namespace,
    owner: algorithm.owner.team,
    state: stateOf(facts, pollers, restarts?.count ?? 0),
    // Of commits with the same content the live one is as good as the newest.
    wantedCommit: upToDate ? (live?.commit ?? null) : (wanted?.commit ?? null),
    liveCommit: live?.commit ?? null,
    liveVersion: live?.version ?? null,
    upToDate,
    pollers,
    backlog: queue?.backlog ?? 0,
    inFlight: processes.reduce((sum, process) => sum + process.inFlight, 0),
    slots: chain?.worker?.release.settings.concurrency ?? null,
    draining: processes.filter(({ isDraining }) => isDraining).length,
    restarts,
    lastDeploy: chain?.worker?.liveAt ?? null,
    mock: algorithm.source.kind === "mock",
    runs: runsOnLocal(algorithm),
    unapplied: unappliedOnLocal(algorithm, wanted?.settings),
    elsewhere: facts.elsewhere,
    problem: problemOf(facts, upToDate),
  };
  return { ...status, says: sentenceOf(status) };
}

/**
 * The workers of the live version that Temporal lists and whose process is there: it lists one that was killed for another
 * minute, with its process id.
 */
function livePollers({ chain, queue, processes }: Facts): number {
  const pids = new Set(processes.filter(({ isUp }) => isUp).map(({ pid }) => pid));
  const identities = queue?.pollers.flatMap((identity) => parseIdentity(identity) ?? []) ?? [];
  return identities.filter(({ version, pid }) => version === chain?.worker?.version && pids.has(pid)).length;
}

function stateOf(
  { algorithm, queue, processes, asleep }: Facts,
  pollers: number,
  restarts: number,
): AlgorithmStatus["state"] {
  if (!runsOnLocal(algorithm)) return "unsupported";
  if (!processes.some(({ isUp }) => isUp)) return asleep ? "asleep" : "down";
  if (queue === undefined) return "disconnected";
  if (pollers > 0) return "live";
  return restarts > 0 ? "restarting" : "starting";
}

function restartsOf({ exits, chain, now }: Facts): AlgorithmStatus["restarts"] {
  const recent = exits.filter(
    ({ at, program }) => program === chain?.worker?.program && now.getTime() - Date.parse(at) < crashWindow,
  );
  const last = recent.at(-1);
  return last ? { count: recent.length, at: last.at, how: last.how } : null;
}

/** A failed try counts as long as what failed is what is wanted, and is not live. */
function problemOf({ candidate, failure }: Facts, upToDate: boolean): string | null {
  if (candidate && "problem" in candidate) return candidate.problem;
  if (failure === undefined || upToDate || candidate?.version !== failure.version) return null;
  return failure.message;
}
