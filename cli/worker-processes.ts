import {
  algorithmOf,
  hasEnded,
  isUp,
  type SupervisedProcess,
  Supervisord,
} from "../providers/conduit/local/supervisord.ts";
import { healthSocket } from "../providers/conduit/local/worker.ts";
import { askHealth } from "../providers/conduit/local/worker-health.ts";
import type { StackState } from "./state.ts";

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
