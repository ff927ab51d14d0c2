import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { algorithmType, partsOf } from "./urn.ts";

/** Tells whose part a resource is, by the parents that the engine's events name: a URN has only their types. */
export class Owners {
  private readonly parents = new Map<string, string>();

  /** Takes in what an event says of a resource. */
  learn({ urn, new: made, old }: StepEventMetadata): void {
    const parent = made?.parent ?? old?.parent;
    if (parent) this.parents.set(urn, parent);
  }

  /** Name of the algorithm whose part a resource is; of a part of the platform, or where no event told, its own. */
  ownerOf(urn: string): string {
    for (let at: string | undefined = urn; at !== undefined; at = this.parents.get(at)) {
      const { type, name } = partsOf(at);
      if (type === algorithmType) return name;
    }
    return partsOf(urn).name;
  }
}
