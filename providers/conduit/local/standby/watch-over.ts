import type { Connection } from "@temporalio/client";
import { describeTaskQueue } from "../../temporal/task-queue.ts";
import { isUp, type SupervisedProcess, type Supervisord } from "../supervisord.ts";
import { askHealth, healthSocket } from "../worker-health.ts";
import { decide } from "./decide.ts";
import { type Sleeper, sleeperOf, sleepersOf } from "./sleepers.ts";

/** Workers that are looked at at the same time. */
const atOnce = 8;

/** Milliseconds that Temporal has for an answer: one that hangs must not hold up the next look. */
const answerTime = 5000;

export interface Surroundings {
  /** The stack's folder. */
  readonly home: string;
  readonly runDirectory: string;
  readonly supervisord: Supervisord;
  readonly connection: Connection;
  /** Told what is done. */
  readonly tell: (event: "woken" | "asleep", algorithm: string) => void;
}

/** What is remembered of a process from one look to the next. */
interface Memory {
  readonly busyAt: number;
  readonly taken: number;
}

/**
 * Looks at every sleeper of the stack once each time it is called: wakes it, lets it work, or puts it to sleep. What fails for
 * one is thrown when all have had their turn.
 */
export function watchOver(surroundings: Surroundings): () => Promise<void> {
  let memories = new Map<string, Memory>();
  return async () => {
    const { home, supervisord } = surroundings;
    const [sleepers, processes] = await Promise.all([sleepersOf(home), supervisord.processes()]);
    const byName = new Map(processes.map((process) => [process.name, process]));
    const seen = new Map<string, Memory>();
    await inTurns(sleepers, async (sleeper) => {
      const process = byName.get(sleeper.program);
      // One that the supervisor lost is the next run's to put right.
      if (process) seen.set(key(process), await tend(surroundings, sleeper, process, memories.get(key(process))));
    });
    memories = seen;
  };
}

/** A process that was started again is another one. */
function key({ name, pid }: SupervisedProcess): string {
  return `${name} ${pid}`;
}

async function tend(
  surroundings: Surroundings,
  sleeper: Sleeper,
  process: SupervisedProcess,
  memory: Memory = { busyAt: performance.now(), taken: 0 },
): Promise<Memory> {
  const { runDirectory, connection, supervisord, tell } = surroundings;
  const { algorithm, program, temporalNamespace, idleAfter } = sleeper;
  const health = isUp(process)
    ? await askHealth(healthSocket(runDirectory, program)).catch(() => undefined)
    : undefined;
  // Asked after the worker: what it had not taken then still waits now.
  const { backlog } = await connection.withDeadline(Date.now() + answerTime, () =>
    describeTaskQueue(connection, temporalNamespace, algorithm),
  );
  const now = performance.now();
  const idleFor = now - memory.busyAt;
  const verdict = decide({ process, backlog, health, takenBefore: memory.taken, idleFor, idleAfter });
  if (verdict === "wake" && (await isStill(surroundings, sleeper))) {
    await supervisord.start(program);
    // An update may have brought another version meanwhile.
    if (!(await isStill(surroundings, sleeper))) await supervisord.stop(program);
    tell("woken", algorithm);
  }
  if (verdict === "sleep" && (await isStill(surroundings, sleeper))) {
    await supervisord.stop(program);
    tell("asleep", algorithm);
  }
  return { busyAt: verdict === "busy" ? now : memory.busyAt, taken: health?.taken ?? memory.taken };
}

async function isStill({ home }: Surroundings, { algorithm, program }: Sleeper): Promise<boolean> {
  return (await sleeperOf(home, algorithm))?.program === program;
}

async function inTurns(sleepers: readonly Sleeper[], work: (sleeper: Sleeper) => Promise<void>): Promise<void> {
  const waiting = [...sleepers];
  const problems: unknown[] = [];
  const turn = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await work(next).catch((thrown) => problems.push(thrown));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, turn));
  if (problems.length > 0) throw problems[0];
}
