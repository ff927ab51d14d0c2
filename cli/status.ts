import type { Connection } from "@temporalio/client";
import { runsOnLocal, unappliedOnLocal } from "../components/local/unapplied.ts";
import type { Candidate } from "../components/release.ts";
import { hasEnded, isUp, type SupervisedProcess, Supervisord } from "../providers/conduit/local/supervisord.ts";
import { healthSocket } from "../providers/conduit/local/worker.ts";
import { askHealth } from "../providers/conduit/local/worker-health.ts";
import type { Algorithm } from "../registry/resolve.ts";
import type { AlgorithmState, StackState } from "./state.ts";
import { describeTaskQueue, parseIdentity, type TaskQueue } from "./task-queue.ts";
import { formatAge, table } from "./terminal.ts";

/** One line of `./conduit status`; the shape of an entry of `algorithms` in its `--json`. */
export interface AlgorithmStatus {
  readonly name: string;
  readonly namespace: string;
  readonly owner: string;
  /** The commit that its source holds now; null when the source cannot be read (`problem` says why). */
  readonly wantedCommit: string | null;
  /** The commit whose worker polls, as Temporal lists it; null when none does. */
  readonly liveCommit: string | null;
  readonly liveVersion: string | null;
  /** Whether the live version is what its source holds now. */
  readonly upToDate: boolean;
  readonly pollers: number;
  readonly backlog: number;
  /** Activities that its workers run now, those of draining ones too. */
  readonly inFlight: number;
  /** Older workers that finish what they run. */
  readonly draining: number;
  /** When the live version went live (ISO 8601). */
  readonly lastDeploy: string | null;
  readonly mock: boolean;
  readonly unapplied: readonly string[];
  /** Whether the platform runs it at all. */
  readonly runs: boolean;
  readonly problem: string | null;
}

/** Asks the supervisor, Temporal and the workers about one algorithm. */
export async function algorithmStatus(args: {
  algorithm: Algorithm;
  candidate: Candidate | undefined;
  state: StackState;
  connection: Connection | undefined;
}): Promise<AlgorithmStatus> {
  const { algorithm, candidate, state, connection } = args;
  const chain = state.algorithms.get(algorithm.name);
  const processes = await processesOf(state, algorithm.name);
  const queue = connection ? await taskQueueOf(connection, algorithm) : { pollers: [], backlog: 0 };
  const live = liveOf(queue, processes.up > 0 ? chain : undefined);
  const wanted = candidate && "version" in candidate ? candidate : undefined;
  const upToDate = wanted !== undefined && wanted.version === live?.version;
  return {
    name: algorithm.name,
    namespace: algorithm.namespace,
    owner: algorithm.owner.team,
    // Of commits with the same content the live one is as good as the newest.
    wantedCommit: upToDate ? (live?.commit ?? null) : (wanted?.commit ?? null),
    liveCommit: live?.commit ?? null,
    upToDate,
    liveVersion: live?.version ?? null,
    pollers: queue.pollers.filter((identity) => parseIdentity(identity)?.version === live?.version).length,
    backlog: queue.backlog,
    inFlight: processes.inFlight,
    draining: processes.draining,
    lastDeploy: chain?.worker?.liveAt ?? null,
    mock: algorithm.source.kind === "mock",
    unapplied: unappliedOnLocal(algorithm, wanted?.settings),
    runs: runsOnLocal(algorithm),
    problem: candidate && "problem" in candidate ? candidate.problem : null,
  };
}

/** The version that is in the state and that Temporal lists. */
function liveOf(queue: TaskQueue, chain: AlgorithmState | undefined): { commit: string; version: string } | undefined {
  const identities = queue.pollers.flatMap((identity) => parseIdentity(identity) ?? []);
  const worker = chain?.worker;
  return worker && identities.some(({ version }) => version === worker.version) ? worker : undefined;
}

async function taskQueueOf(connection: Connection, algorithm: Algorithm): Promise<TaskQueue> {
  return describeTaskQueue(connection, algorithm.temporalNamespace, algorithm.name).catch(() => ({
    pollers: [],
    backlog: 0,
  }));
}

async function processesOf(
  state: StackState,
  algorithm: string,
): Promise<{ up: number; inFlight: number; draining: number }> {
  const { supervisor } = state;
  if (!supervisor) return { up: 0, inFlight: 0, draining: 0 };
  const all = await new Supervisord(supervisor.socket).processesOf(algorithm).catch((): SupervisedProcess[] => []);
  const processes = all.filter((process) => !hasEnded(process));
  const healths = await Promise.all(
    processes.map(({ name }) => askHealth(healthSocket(supervisor.runDirectory, name)).catch(() => undefined)),
  );
  return {
    up: processes.filter(isUp).length,
    inFlight: healths.reduce((sum, health) => sum + (health?.inFlight ?? 0), 0),
    draining: processes.filter((process) => process.state === "STOPPING").length,
  };
}

/** The table for people. */
export function statusTable(statuses: readonly AlgorithmStatus[], now: Date = new Date()): string {
  const head = ["ALGORITHM", "WANTED", "LIVE", "POLLERS", "BACKLOG", "IN FLIGHT", "DRAINING", "DEPLOYED", "OWNER"];
  const rows = statuses.map((status) => [
    status.mock ? `${status.name} (mock)` : status.name,
    shortCommit(status.wantedCommit),
    shortCommit(status.liveCommit),
    ...[status.pollers, status.backlog, status.inFlight, status.draining].map(String),
    status.lastDeploy ? formatAge(new Date(status.lastDeploy), now) : "-",
    status.owner,
  ]);
  const notes = statuses.flatMap((status) => [
    ...(status.unapplied.length > 0
      ? [`${status.name}: not applied on this platform: ${status.unapplied.join(", ")}.`]
      : []),
    ...(status.problem ? [`${status.name}: ${status.problem}`] : []),
  ]);
  return [table([head, ...rows]), ...notes].join("\n");
}

/** Seven characters, as git shows them; `mock`, `-dirty` and "none" stay visible. */
export function shortCommit(commit: string | null): string {
  if (commit === null) return "-";
  const [, hex, rest] = /^([0-9a-f]{12,40})(.*)$/.exec(commit) ?? [];
  if (hex === undefined) return commit;
  return `${/^0+$/.test(hex) ? "uncommitted" : hex.slice(0, 7)}${rest?.replace("-dirty", "*")}`;
}
