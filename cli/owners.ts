import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { algorithmType, partsOf } from "../tools/urn.ts";

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
    return algorithmAbove(urn, this.parents) ?? partsOf(urn).name;
  }
}

/** Name of the algorithm whose part a resource is, by the parents of all; undefined for a part of the platform. */
export function algorithmAbove(urn: string, parents: ReadonlyMap<string, string | undefined>): string | undefined {
  for (let at: string | undefined = urn; at; at = parents.get(at)) {
    const { type, name } = partsOf(at);
    if (type === algorithmType) return name;
  }
  return undefined;
}
