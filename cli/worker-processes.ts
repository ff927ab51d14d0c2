import { hasEnded, isUp, type SupervisedProcess, Supervisord } from "../providers/conduit/local/supervisord.ts";
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

/** Asks the supervisor for an algorithm's processes, and each what it runs; none when the supervisor does not answer. */
export async function workerProcesses({ supervisor }: StackState, algorithm: string): Promise<WorkerProcess[]> {
  if (!supervisor) return [];
  const all = await new Supervisord(supervisor.socket).processesOf(algorithm).catch((): SupervisedProcess[] => []);
  return Promise.all(
    all
      .filter((process) => !hasEnded(process))
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
