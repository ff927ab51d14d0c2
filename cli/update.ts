import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { onlyNamed } from "../stacks/only.ts";
import { loadRegistry } from "../stacks/registry.ts";
import { collectRun, type UpdateReport } from "./collect-run.ts";
import type { Context } from "./context.ts";
import { EngineError, engineError } from "./errors.ts";
import { type Progress, progressOn } from "./progress.ts";
import { exportedState, parseState } from "./state.ts";
import { targetsOf } from "./targets.ts";
import { note } from "./terminal.ts";
import { inTurn, interruptedWaiting, isConflict } from "./turn.ts";

/**
 * Runs the stack's program for an update and tells its progress on standard error.
 *
 * @param stack As `openStack` made it for the same algorithms.
 * @param only Limits the run to these algorithms; all when empty.
 * @param options.onWait Told when another run is waited for: what was found before may be out of date.
 */
export async function update(
  context: Context,
  stack: Stack,
  only: readonly string[] = [],
  { onWait }: { onWait?: () => void } = {},
): Promise<UpdateReport> {
  const target = only.length > 0 ? { target: await targetsIn(context, only) } : {};
  const report = await runEngine((options) => stack.up({ ...options, suppressOutputs: true, ...target }), { onWait });
  if (report.unfinished) await settleKilled(stack, only.length === 0 && report.failures.size === 0);
  return report;
}

/**
 * Brings to an end what the engine remembers of a killed run: what that one had made was found and taken over, since our
 * creates can be repeated, or is wanted no more and taken away. Else the engine would warn of it for ever.
 *
 * @param complete Whether the run that is over made all that is wanted.
 */
async function settleKilled(stack: Stack, complete: boolean): Promise<void> {
  // Loaded where it is used: it knows all parts of a cluster.
  const { killedCreates, placeOf, removeObjects } = await import("./kubernetes/killed-creates.ts");
  const deployment = await exportedState(stack);
  const { unwanted, open } = killedCreates(deployment, complete);
  const removed = await removeObjects(unwanted, { context: parseState(deployment).cluster?.context });
  if (removed.length > 0) {
    note(`Taken away, since a killed run made it and nobody wants it: ${removed.map(placeOf).join(", ")}.`);
  }
  if (!open) await runEngine((options) => stack.refresh({ ...options, clearPendingCreates: true }));
}

async function targetsIn({ root, stack }: Context, only: readonly string[]): Promise<string[]> {
  const { algorithms } = await loadRegistry(root, stack);
  return targetsOf(onlyNamed(algorithms, only));
}

/** What every operation of the engine is given. */
export interface OperationOptions {
  readonly onEvent: (event: EngineEvent) => void;
  /** Tells the engine to end as soon as what it began is over. */
  readonly signal: AbortSignal;
  readonly color: "never";
}

/**
 * Stays until the engine has ended, whatever interrupts us: it writes to us, and would leave its lock behind. From a
 * terminal SIGINT reaches the engine too; the others it is told of.
 */
async function withInterrupt(tell: (line: string) => void, action: (signal: AbortSignal) => Promise<unknown>) {
  const controller = new AbortController();
  let interrupted = false;
  const wait = () => {
    interrupted = true;
    tell("Interrupted: what has begun is brought to its end.");
  };
  const forward = () => {
    wait();
    controller.abort();
  };
  process.on("SIGINT", wait).on("SIGTERM", forward).on("SIGHUP", forward);
  try {
    return await action(controller.signal);
  } catch (thrown) {
    if (!interrupted) throw thrown;
    throw isConflict(thrown)
      ? interruptedWaiting()
      : new EngineError("It was interrupted. Run it again to go on.", { cause: thrown });
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", forward).off("SIGHUP", forward);
  }
}

export interface RunOptions {
  /** Where what is being done is told. @default standard error */
  readonly progress?: Progress;
  /** Told when another run is waited for. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Runs one operation of the engine, in turn with other runs of the stack. Failures of single resources are part of its report.
 *
 * @throws EngineError when the operation failed as a whole: the program, the backend
 */
export async function runEngine(
  operation: (options: OperationOptions) => Promise<unknown>,
  { progress = progressOn(process.stderr), onWait }: RunOptions = {},
): Promise<UpdateReport> {
  const run = collectRun(progress);
  const { tell } = progress;
  const attempt = () => withInterrupt(tell, (signal) => operation({ onEvent: run.onEvent, signal, color: "never" }));
  try {
    await inTurn(attempt, { tell, onWait });
  } catch (thrown) {
    if (thrown instanceof EngineError) throw thrown;
    const { byName, leftAlone, whole } = run.failed;
    const explained = byName.size > 0 || leftAlone.size > 0;
    if (!explained || whole.size > 0) throw engineError(thrown, whole);
  } finally {
    progress.stop();
  }
  return run.report();
}
