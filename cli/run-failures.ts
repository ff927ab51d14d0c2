import type { DiagnosticEvent } from "@pulumi/pulumi/automation/index.js";
import { algorithmType, partsOf } from "../tools/urn.ts";
import { addLine } from "./add-line.ts";
import { disconnectionIn, explainDisconnection, explainFailure } from "./kubernetes/failure.ts";
import type { WantedObjects } from "./kubernetes/wanted-objects.ts";
import type { Owners } from "./owners.ts";
import type { Progress } from "./progress.ts";
import { plain } from "./terminal.ts";

/** Gathers what failed in a run: by algorithm, and as a whole. */
export class RunFailures {
  readonly byName = new Map<string, string>();
  /** What kept the run as a whole from being done. */
  readonly whole = new Set<string>();
  /** Algorithms that left the registry; a limited run does not remove them. */
  readonly leftAlone = new Set<string>();
  /** That the cluster cannot be reached. */
  private disconnection: string | undefined;

  constructor(
    private readonly progress: Progress,
    private readonly owners: Owners,
    private readonly objects: WantedObjects,
  ) {}

  /** Takes in what the engine says. */
  take(diagnostic: DiagnosticEvent): void {
    if (diagnostic.severity !== "error" && !isRefusal(diagnostic)) return;
    const { urn = "", message } = diagnostic;
    const { name, type } = partsOf(urn);
    const text = message.trim().replace(/^(error|warning): /, "");
    const lost = type.startsWith("kubernetes:") ? disconnectionIn(text) : undefined;
    if (type === "pulumi:pulumi:Stack" || type === "") {
      if (!/^(update|preview|destroy) failed$/.test(text)) this.whole.add(text);
    } else if (/will be destroyed but was not specified in --target/.test(text)) {
      // An algorithm that left the registry is removed by the next run that is not limited.
      this.leftAlone.add(name);
    } else if (lost) {
      // It keeps every object from being made, each in words of its own: told once.
      this.disconnection ??= explainDisconnection(lost, this.objects.context);
      this.whole.add(this.disconnection);
    } else if (!/^(update|preview|resource plugin) failed/.test(text)) {
      // The engine's diagnostics are decorated, and its summaries repeat them.
      this.add(urn, text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text);
    }
  }

  private add(urn: string, text: string): void {
    const name = this.owners.ownerOf(urn);
    const object = this.objects.objectOf(urn);
    const message = object === undefined ? text : explainFailure(text, object);
    const before = this.byName.get(name);
    // A refusal repeats the problem of the release before it; lanes fail each for itself.
    if (before !== undefined && (object === undefined || before.includes(message))) return;
    addLine(this.byName, name, message);
    this.progress.tell(`  ${name}: ${plain(message)}`);
  }
}

/** In a preview nothing can fail yet: the program warns of a problem on the algorithm that has it. */
function isRefusal({ severity, urn }: DiagnosticEvent): boolean {
  return severity === "warning" && partsOf(urn ?? "").type === algorithmType;
}
