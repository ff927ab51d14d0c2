import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { providerType } from "../../components/kubernetes/cluster-identity.ts";
import { algorithmType, partsOf } from "../../tools/urn.ts";
import type { WantedObject } from "./failure.ts";

const manifestSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string().default("default") }),
});
const providerSchema = z.looseObject({ context: z.string().optional() });

/** The objects of the cluster that a run is about, by what the engine's events say of them. */
export class WantedObjects {
  private readonly objects = new Map<string, { readonly name: string; readonly namespace: string }>();
  /** The context of the kubeconfig, where the stack's settings name one. */
  context: string | undefined;

  /** Takes in what an event says of a resource. */
  learn({ urn, type, new: made }: StepEventMetadata): void {
    if (type === providerType) this.context = providerSchema.safeParse(made?.inputs).data?.context;
    if (!type.startsWith("kubernetes:")) return;
    const manifest = manifestSchema.safeParse(made?.inputs).data;
    if (manifest) this.objects.set(urn, manifest.metadata);
  }

  /** The object that a URN stands for; undefined for a resource that is none, or of which no event told. */
  objectOf(urn: string): WantedObject | undefined {
    const { type, above } = partsOf(urn);
    const found = this.objects.get(urn);
    if (found === undefined) return undefined;
    const { name, namespace } = found;
    const isOfAlgorithm = above.includes(algorithmType);
    return { kind: type.split(":").at(-1) ?? type, name, namespace, context: this.context, isOfAlgorithm };
  }
}
