import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ConcurrentUpdateError, StackAlreadyExistsError } from "@pulumi/pulumi/automation/index.js";
import { messageOf } from "../errors.ts";
import { commandName } from "../tools/command-name.ts";
import { EngineError } from "./errors.ts";
import { isDead, releaseDeadLocks } from "./locks.ts";
import { formatAge, formatElapsed, note } from "./terminal.ts";

/** Milliseconds between two looks at the locks, between two tries where they cannot be seen, and between two words of it. */
const lookEvery = 200;
const tryEvery = 3000;
const tellEvery = 60_000;

/**
 * Runs an operation of the engine once no other run holds the stack: of two runs at once the second waits. The engine
 * itself gives up at the first lock that it meets, and where two runs make theirs at the same moment both do.
 *
 * @param operation Tried again each time that the stack is held.
 * @throws EngineError when it is interrupted while it waits, or waits for a run that is gone, whose lock is not ours to take
 */
export async function inTurn<T>(operation: () => Promise<T>, options: TurnOptions = {}): Promise<T> {
  try {
    return await operation();
  } catch (thrown) {
    if (!isConflict(thrown)) throw thrown;
    return await interruptible((signal) => whenReleased(thrown, operation, signal, options));
  }
}

export interface TurnOptions {
  /** Told for whom it waits, and for how long. @default standard error */
  readonly tell?: (line: string) => void;
  /** Told each time before the operation is tried again. */
  readonly onWait?: (() => void) | undefined;
}

async function whenReleased<T>(
  refusal: unknown,
  operation: () => Promise<T>,
  signal: AbortSignal,
  { tell = note, onWait }: TurnOptions,
): Promise<T> {
  const told = new Set<string>();
  for (;;) {
    const holders = holdersIn(messageOf(refusal));
    const isHeld = refusal instanceof ConcurrentUpdateError;
    // A backend that is a service does not say by whom; a run of ours makes several locks, one after the other.
    const named = holders.map((holder) => [processOf(holder), ` (${describe(holder)})`] as const);
    for (const [run, whom] of isHeld && named.length === 0 ? [["", ""] as const] : named) {
      if (told.has(run)) continue;
      told.add(run);
      tell(`Another run holds the stack${whom}. Waiting for its end; Ctrl-C stops waiting.`);
    }
    await untilReleased(holders, isHeld ? tryEvery : 0, tell, signal);
    onWait?.();
    try {
      return await operation();
    } catch (thrown) {
      if (!isConflict(thrown)) throw thrown;
      signal.throwIfAborted();
      refusal = thrown;
    }
  }
}

/** A run that holds the stack, as the engine names it. */
export interface Holder {
  /** The URL of its lock. */
  readonly lock: string;
  readonly username: string;
  readonly hostname: string;
  readonly pid: number;
  readonly since: Date;
}

/** The holders that the engine's refusal lists; none for a backend that is a service. */
export function holdersIn(refusal: string): Holder[] {
  const lines = refusal.matchAll(/^\s*(\S+): created by (.*)@(\S*) \(pid (\d+)\) at (\S+)$/gm);
  return [...lines].map(([, lock = "", username = "", hostname = "", pid, since = ""]) => {
    return { lock, username, hostname, pid: Number(pid), since: new Date(since) };
  });
}

function processOf({ username, hostname, pid }: Holder): string {
  return `process ${pid} of ${username}@${hostname}`;
}

function describe(holder: Holder): string {
  return `${processOf(holder)}, begun ${formatAge(holder.since)}`;
}

/** A lock that is released just while the engine reads it makes it fail too, in words of its own. */
export function isConflict(thrown: unknown): boolean {
  if (thrown instanceof ConcurrentUpdateError || thrown instanceof StackAlreadyExistsError) return true;
  return /\.pulumi\/locks\/.*NotFound/.test(messageOf(thrown));
}

/** @param tryAfter Milliseconds until the next try where the locks are no files. */
async function untilReleased(
  holders: readonly Holder[],
  tryAfter: number,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const seen = holders.filter(isFile);
  let toldAt = 0;
  for (;;) {
    // Two that refused each other would else do so again.
    await sleep(lookEvery * (1 + Math.random()), undefined, { signal });
    for (const holder of holders) await takeFromDead(holder);
    const waited = performance.now() - started;
    if (seen.length > 0 ? seen.every(isReleased) : waited > tryAfter) return;
    if (waited - toldAt < tellEvery) continue;
    toldAt = waited;
    tell(`Still waiting, for ${formatElapsed(waited)}.`);
  }
}

function isFile({ lock }: Holder): boolean {
  return lock.startsWith("file://");
}

/** Whether a lock is seen to be gone. */
function isReleased(holder: Holder): boolean {
  return isFile(holder) && !existsSync(fileURLToPath(holder.lock));
}

const ownLock = /^(file:.*\/\.conduit\/state)\/\.pulumi\/locks\//;

/** A run that was killed leaves its lock. In our own state it is taken away; elsewhere its owner has to. */
async function takeFromDead(holder: Holder): Promise<void> {
  const [, state] = ownLock.exec(holder.lock) ?? [];
  if (state !== undefined) return releaseDeadLocks(fileURLToPath(state));
  // In this order: a run that is over has taken its lock away before it ended.
  if (!(await isDead(holder)) || isReleased(holder)) return;
  throw new EngineError(
    `The run that holds the stack is gone (${describe(holder)}). ` +
      `Release the stack with \`eval "$(${commandName} env)"; pulumi cancel --yes <stack>\`, then run this again.`,
  );
}

/** What is told of a run that was interrupted before its turn came. */
export function interruptedWaiting(): EngineError {
  return new EngineError("Interrupted while it waited: nothing was changed.");
}

async function interruptible<T>(action: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt).on("SIGHUP", interrupt);
  try {
    return await action(controller.signal);
  } catch (thrown) {
    throw thrown instanceof Error && thrown.name === "AbortError" ? interruptedWaiting() : thrown;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt).off("SIGHUP", interrupt);
  }
}
