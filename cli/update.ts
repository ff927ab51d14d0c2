import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { EngineError, engineError } from "./errors.ts";
import { formatElapsed, note } from "./terminal.ts";
import { inTurn } from "./turn.ts";

/** What one run of the engine did. */
export interface UpdateReport {
  /** Failures by resource name; the name is an algorithm's, or a platform part's. */
  readonly failures: ReadonlyMap<string, string>;
  /** Algorithms whose worker changed. */
  readonly changed: readonly string[];
  /** Algorithms whose Python environment was made or chosen anew. */
  readonly built: readonly string[];
  /** Number of resources that were created, updated or deleted. */
  readonly changes: number;
  readonly milliseconds: number;
}

const algorithmType = "conduit:index:Algorithm";

/**
 * Runs the stack's program for an update and tells its progress on standard error.
 *
 * @param stack As `openStack` made it for the same algorithms.
 * @param only Limits the run to these algorithms; all when empty.
 * @param options.onWait Told when another run is waited for: what was found before may be out of date.
 */
export async function update(
  stack: Stack,
  only: readonly string[] = [],
  { onWait }: { onWait?: () => void } = {},
): Promise<UpdateReport> {
  const target = only.length > 0 ? { target: targetsOf(only) } : {};
  return runEngine((options) => stack.up({ ...options, suppressOutputs: true, ...target }), { onWait });
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
    throw interrupted ? new EngineError("It was interrupted. Run it again to go on.", { cause: thrown }) : thrown;
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", forward).off("SIGHUP", forward);
  }
}

/**
 * Runs one operation of the engine, in turn with other runs of the stack. Failures of single resources are part of its report.
 *
 * @throws EngineError when the operation failed as a whole: the program, the backend
 */
export async function runEngine(
  operation: (options: OperationOptions) => Promise<unknown>,
  { tell = note, onWait }: { tell?: (line: string) => void; onWait?: (() => void) | undefined } = {},
): Promise<UpdateReport> {
  const run = collectRun(tell);
  const attempt = () => withInterrupt(tell, (signal) => operation({ onEvent: run.onEvent, signal, color: "never" }));
  try {
    await inTurn(attempt, { tell, onWait });
  } catch (thrown) {
    if (thrown instanceof EngineError) throw thrown;
    const explained = run.failures.size > 0 || run.leftAlone.size > 0;
    if (!explained || run.whole.size > 0) throw engineError(thrown, run.whole);
  }
  return run.report();
}

/** Patterns for the platform's parts and the whole chain of each algorithm. */
export function targetsOf(algorithms: readonly string[]): string[] {
  const platform = [
    "**conduit:local:Supervisor::**",
    "**conduit:local:TemporalServer::**",
    "**conduit:temporal:Namespace::**",
  ];
  return [
    ...platform,
    ...algorithms.flatMap((name) => [`**${algorithmType}::${name}`, `**${algorithmType}$**::${name}`]),
  ];
}

/** Gathers what the engine's events tell. */
export function collectRun(tell: (line: string) => void) {
  const started = performance.now();
  const failures = new Map<string, string>();
  const whole = new Set<string>();
  const leftAlone = new Set<string>();
  const changed = new Set<string>();
  const built = new Set<string>();
  let changes = 0;
  const onEvent = (event: EngineEvent): void => {
    const { diagnosticEvent: diagnostic, resOutputsEvent: done, resourcePreEvent: begun } = event;
    if (diagnostic?.severity === "error" || isRefusal(diagnostic)) {
      const { name, type } = partsOf(diagnostic.urn ?? "");
      if (type === "pulumi:pulumi:Stack" || type === "") {
        const message = diagnostic.message.trim().replace(/^(error|warning): /, "");
        if (!/^(update|preview|destroy) failed$/.test(message)) whole.add(message);
        return;
      }
      // An algorithm that left the registry is removed by the next run that is not limited.
      if (/will be destroyed but was not specified in --target/.test(diagnostic.message)) {
        leftAlone.add(name);
        return;
      }
      const message = plainMessage(diagnostic.message, name);
      if (message && !failures.has(name)) {
        failures.set(name, message);
        tell(`  ${name}: ${message}`);
      }
    }
    if (begun && isChange(begun.metadata.op)) {
      const { name, type } = partsOf(begun.metadata.urn);
      const doing = activityOf(type, begun.metadata.op);
      if (doing) tell(`  ${name}: ${doing}`);
    }
    if (done && isChange(done.metadata.op)) {
      const { name, type } = partsOf(done.metadata.urn);
      changes += 1;
      if (done.metadata.op === "delete") return;
      if (type === "conduit:local:Worker") changed.add(name);
      if (type === "conduit:local:Environment") built.add(name);
    }
  };
  const report = (): UpdateReport => ({
    failures,
    changed: [...changed],
    built: [...built],
    changes,
    milliseconds: performance.now() - started,
  });
  return { onEvent, failures, whole, leftAlone, report };
}

/** In a preview nothing can fail yet: the program warns of a problem on the algorithm that has it. */
function isRefusal(diagnostic: EngineEvent["diagnosticEvent"]): diagnostic is NonNullable<typeof diagnostic> {
  return diagnostic?.severity === "warning" && partsOf(diagnostic.urn ?? "").type === algorithmType;
}

function isChange(op: string): boolean {
  return op !== "same" && op !== "read" && op !== "refresh";
}

function partsOf(urn: string): { type: string; name: string } {
  const parts = urn.split("::");
  return { type: parts[2]?.split("$").at(-1) ?? "", name: parts.slice(3).join("::") };
}

/** What takes long enough to be told. */
function activityOf(type: string, op: string): string | undefined {
  if (op === "delete") return type === algorithmType ? "stopping" : undefined;
  const words: Record<string, string> = {
    "conduit:local:TemporalServer": "starting Temporal's dev server",
    "conduit:local:Environment": "preparing its Python environment",
    "conduit:local:Worker": "starting its worker",
  };
  return words[type];
}

/** The engine's diagnostics are decorated: `error: transcribe: The message.`, and summaries repeat them. */
function plainMessage(message: string, name: string): string | undefined {
  const text = message.trim().replace(/^(error|warning): /, "");
  if (/^(update|preview|resource plugin) failed/.test(text)) return undefined;
  return text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
}

/** `2 algorithms live, 1 failed, in 4.2 s.` */
export function summaryOf(report: UpdateReport): string {
  const elapsed = formatElapsed(report.milliseconds);
  if (report.failures.size > 0)
    return `${report.failures.size} failed, ${report.changed.length} went live, in ${elapsed}.`;
  if (report.changes === 0) return `Nothing changed, in ${elapsed}.`;
  return `${report.changed.length} went live, in ${elapsed}.`;
}
