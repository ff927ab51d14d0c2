import { isUp, type SupervisedProcess } from "../supervisord.ts";

/** What was seen of a worker. */
export interface Sight {
  readonly process: SupervisedProcess;
  /** Activities that wait in its task queue. */
  readonly backlog: number;
  /** What it says of itself; undefined when it does not answer. */
  readonly health: { readonly inFlight: number; readonly taken: number } | undefined;
  /** How many activities it had taken when it was seen last. */
  readonly takenBefore: number;
  /** Milliseconds since it was last seen at work. */
  readonly idleFor: number;
  readonly idleAfter: number;
}

/**
 * What to do about a worker. `busy` keeps it awake for another while: something waits, something runs, something was done
 * since the last look, or it does not answer, since native code of an activity can make it silent.
 */
export function decide(sight: Sight): "wake" | "busy" | "idle" | "sleep" {
  const { process, backlog, health, takenBefore, idleFor, idleAfter } = sight;
  if (process.state === "STOPPING") return "idle";
  if (!isUp(process)) return backlog > 0 ? "wake" : "idle";
  if (backlog > 0) return "busy";
  // One that crashes at its start, between two tries, has nothing to lose.
  if (health === undefined && process.state !== "BACKOFF") return "busy";
  if (health !== undefined && (health.inFlight > 0 || health.taken !== takenBefore)) return "busy";
  return idleFor >= idleAfter ? "sleep" : "idle";
}
