import { sleeperOf } from "../../providers/conduit/local/standby/sleepers.ts";
import {
  algorithmOf,
  hasEnded,
  isUp,
  type SupervisedProcess,
  Supervisord,
} from "../../providers/conduit/local/supervisord.ts";
import { askHealth, healthSocket } from "../../providers/conduit/local/worker-health.ts";
import type { AlgorithmState, StackState } from "../state.ts";

/** A process of an algorithm that has not ended. */
export interface WorkerProcess {
  /** 0 while it waits to be started again. */
  readonly pid: number;
  readonly isUp: boolean;
  /** Whether it finishes what it runs, and ends then. */
  readonly isDraining: boolean;
  /** Activities that it runs now; 0 when it does not answer. */
  readonly inFlight: number;
}

/** Asks the supervisor for all that it runs; nothing when it does not answer. */
export async function supervisedProcesses({ supervisor }: StackState): Promise<readonly SupervisedProcess[]> {
  if (!supervisor) return [];
  return new Supervisord(supervisor.socket).processes().catch(() => []);
}

/** An algorithm's processes of all that the supervisor runs; each is asked what it runs itself. */
export async function workerProcesses(
  { supervisor }: StackState,
  all: readonly SupervisedProcess[],
  algorithm: string,
): Promise<WorkerProcess[]> {
  if (!supervisor) return [];
  return Promise.all(
    all
      .filter((process) => algorithmOf(process.name) === algorithm && !hasEnded(process))
      .map(async (process) => {
        const health = await askHealth(healthSocket(supervisor.runDirectory, process.name)).catch(() => undefined);
        return {
          pid: process.pid,
          isUp: isUp(process),
          isDraining: process.state === "STOPPING",
          inFlight: health?.inFlight ?? 0,
        };
      }),
  );
}

/** Whether the live worker is stopped, in the care of the standby that wakes it. */
export async function isAsleep(
  all: readonly SupervisedProcess[],
  home: string,
  worker: AlgorithmState["worker"],
): Promise<boolean> {
  const process = all.find(({ name }) => name === worker?.program);
  if (process === undefined || isUp(process)) return false;
  return (await sleeperOf(home, algorithmOf(process.name)))?.program === process.name;
}
