import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import type { Progress } from "./progress.ts";
import { plain } from "./terminal.ts";

/** What one run of the engine did. */
export interface UpdateReport {
  /** Failures by resource name; the name is an algorithm's, or a platform part's. */
  readonly failures: ReadonlyMap<string, string>;
  /** Algorithms whose worker changed, with the commit that it runs now. */
  readonly changed: ReadonlyMap<string, string>;
  /** Algorithms whose Python environment was made or chosen anew. */
  readonly built: readonly string[];
  /** Number of resources that were created, updated or deleted. */
  readonly changes: number;
  readonly milliseconds: number;
  /** Whether the engine still remembers creations in which an earlier run was killed. */
  readonly unfinished: boolean;
}

/** The type of an algorithm's component. */
export const algorithmType = "conduit:index:Algorithm";

/** Gathers what the engine's events tell. */
export function collectRun(progress: Progress) {
  const started = performance.now();
  const failures = new Map<string, string>();
  const whole = new Set<string>();
  const leftAlone = new Set<string>();
  const changed = new Map<string, string>();
  const built = new Set<string>();
  let changes = 0;
  let unfinished = false;
  const onEvent = (event: EngineEvent): void => {
    const { diagnosticEvent: diagnostic, resOutputsEvent: done, resourcePreEvent: begun } = event;
    if (diagnostic?.severity === "warning") unfinished ||= /pending operations from previous/.test(diagnostic.message);
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
        progress.tell(`  ${name}: ${plain(message)}`);
      }
    }
    if (begun && isChange(begun.metadata.op)) {
      const { name, type } = partsOf(begun.metadata.urn);
      const doing = activityOf(type, begun.metadata.op);
      if (doing) progress.doing(name, doing);
    }
    // Of a resource that is being made, from the provider.
    if (diagnostic?.ephemeral && diagnostic.urn)
      progress.doing(partsOf(diagnostic.urn).name, diagnostic.message.trim());
    const over = done?.metadata ?? event.resOpFailedEvent?.metadata;
    if (over && activityOf(partsOf(over.urn).type, over.op)) progress.done(partsOf(over.urn).name);
    if (done && isChange(done.metadata.op)) {
      const { name, type } = partsOf(done.metadata.urn);
      changes += 1;
      if (done.metadata.op === "delete") return;
      if (type === "conduit:local:Worker") changed.set(name, commitIn(done.metadata));
      if (type === "conduit:local:Environment") built.add(name);
    }
  };
  const report = (): UpdateReport => ({
    failures,
    changed,
    built: [...built],
    changes,
    milliseconds: performance.now() - started,
    unfinished,
  });
  return { onEvent, failures, whole, leftAlone, report };
}

/** The commit among a worker's outputs. */
function commitIn({ new: made }: StepEventMetadata): string {
  const commit: unknown = made?.outputs?.commit;
  return typeof commit === "string" ? commit : "";
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
