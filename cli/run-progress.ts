import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { algorithmType, partsOf } from "../tools/urn.ts";
import type { DeployStages } from "./json/deploy.ts";
import { waitingReason } from "./kubernetes/failure.ts";
import type { Owners } from "./owners.ts";
import { wordsOf } from "./part-words.ts";
import type { Progress } from "./progress.ts";
import { Stopwatch } from "./stopwatch.ts";

/** Tells what a run is doing by the names of algorithms, and measures how long their stages take. */
export class RunProgress {
  private readonly stopwatch = new Stopwatch();
  /** The parts that are being made, by name: of one algorithm there may be several at once. */
  private readonly going = new Map<string, Set<string>>();
  private readonly details = new Map<string, string>();

  constructor(
    private readonly progress: Progress,
    private readonly owners: Owners,
  ) {}

  /** A part begins to be made, changed or taken away. */
  begin({ urn, op }: StepEventMetadata): void {
    const doing = doingOf(urn, op);
    if (doing === undefined) return;
    const name = this.owners.ownerOf(urn);
    this.going.set(name, (this.going.get(name) ?? new Set()).add(urn));
    this.stopwatch.start(urn);
    this.progress.doing(name, doing);
  }

  /** It is over, well or not. */
  end({ urn }: StepEventMetadata): void {
    const name = this.owners.ownerOf(urn);
    const parts = this.going.get(name);
    if (!parts?.delete(urn)) return;
    const stage = wordsOf(partsOf(urn))?.stage;
    if (stage !== undefined) this.stopwatch.stop(urn, name, stage);
    if (parts.size === 0) this.progress.done(name);
  }

  /** What a provider says of a resource while it is being made. */
  detail(urn: string, message: string): void {
    const isObject = partsOf(urn).type.startsWith("kubernetes:");
    const detail = isObject ? waitingReason(message) : message;
    // It says the same at every look.
    if (detail === undefined || (isObject && this.details.get(urn) === detail)) return;
    this.details.set(urn, detail);
    this.progress.doing(this.owners.ownerOf(urn), detail);
  }

  /** How long the stages took that are parts of their own, by algorithm: milliseconds. */
  stages(): ReadonlyMap<string, Partial<DeployStages>> {
    return this.stopwatch.stages();
  }
}

/** What takes long enough to be told. */
function doingOf(urn: string, op: string): string | undefined {
  const part = partsOf(urn);
  if (op === "delete") return part.type === algorithmType ? "stopping" : undefined;
  return ["create", "update", "create-replacement"].includes(op) ? wordsOf(part)?.doing : undefined;
}
