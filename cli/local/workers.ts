import { runsOnLocal, unappliedOnLocal } from "../../components/local/unapplied.ts";
import type { Candidate } from "../../components/release.ts";
import type { Exit } from "../../providers/conduit/local/exits.ts";
import type { LastFailure } from "../../providers/conduit/local/last-failure.ts";
import { parseIdentity, type TaskQueue } from "../../providers/conduit/temporal/task-queue.ts";
import type { Algorithm } from "../../registry/resolve.ts";
import type { AlgorithmStatus } from "../json/status.ts";
import type { WorkersFacts } from "../runtime.ts";
import type { AlgorithmState } from "../state.ts";
import type { WorkerProcess } from "./worker-processes.ts";

/** Milliseconds in which ends of a worker count as crashes that belong together. */
const crashWindow = 10 * 60_000;

/** What was asked about the processes of one algorithm. */
export interface LocalFacts {
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
  readonly now: Date;
}

/** What the processes of an algorithm mean. */
export function localWorkers(facts: LocalFacts): WorkersFacts {
  const { algorithm, candidate, chain, processes } = facts;
  const wanted = candidate && "version" in candidate ? candidate : undefined;
  const pollers = livePollers(facts);
  const restarts = restartsOf(facts);
  return {
    state: stateOf(facts, pollers, restarts?.count ?? 0),
    live: pollers > 0 || facts.asleep ? chain?.worker : undefined,
    lastDeploy: chain?.worker?.liveAt ?? null,
    pollers,
    inFlight: processes.reduce((sum, process) => sum + process.inFlight, 0),
    slots: chain?.worker?.release.settings.concurrency ?? null,
    draining: processes.filter(({ isDraining }) => isDraining).length,
    restarts,
    workers: null,
    lanes: [],
    runs: runsOnLocal(algorithm),
    unapplied: unappliedOnLocal(algorithm, wanted?.settings),
    failure: facts.failure,
    trouble: null,
  };
}

/**
 * The workers of the live version that Temporal lists and whose process is there: it lists one that was killed for another
 * minute, with its process id.
 */
function livePollers({ chain, queue, processes }: LocalFacts): number {
  const pids = new Set(processes.filter(({ isUp }) => isUp).map(({ pid }) => pid));
  const identities = queue?.pollers.flatMap((identity) => parseIdentity(identity) ?? []) ?? [];
  return identities.filter(({ version, pid }) => version === chain?.worker?.version && pids.has(pid)).length;
}

function stateOf(
  { algorithm, queue, processes, asleep }: LocalFacts,
  pollers: number,
  restarts: number,
): AlgorithmStatus["state"] {
  if (!runsOnLocal(algorithm)) return "unsupported";
  if (!processes.some(({ isUp }) => isUp)) return asleep ? "asleep" : "down";
  if (queue === undefined) return "disconnected";
  if (pollers > 0) return "live";
  return restarts > 0 ? "restarting" : "starting";
}

function restartsOf({ exits, chain, now }: LocalFacts): AlgorithmStatus["restarts"] {
  const recent = exits.filter(
    ({ at, program }) => program === chain?.worker?.program && now.getTime() - Date.parse(at) < crashWindow,
  );
  const last = recent.at(-1);
  return last ? { count: recent.length, at: last.at, how: last.how, running: null } : null;
}
