import { z } from "zod";
import { partsOf } from "../../tools/urn.ts";

const stateSchema = z.looseObject({
  resources: z
    .array(
      z.looseObject({
        urn: z.string(),
        type: z.string(),
        retainOnDelete: z.boolean().default(false),
        inputs: z.record(z.string(), z.unknown()).default({}),
        outputs: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default([]),
});

/** What a destroy of a stack leaves, in a sentence each, by the state before it. */
export function keptOnCluster(deployment: unknown): string[] {
  const { resources } = stateSchema.parse(deployment ?? {});
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const namespaces = ofType("conduit:temporal:Namespace").filter(({ inputs }) => inputs.deleteWithStack !== true);
  const stateful = ofType("kubernetes:apps/v1:StatefulSet").filter(({ inputs }) => hasVolumes(inputs));
  const objects = resources.filter(({ type, retainOnDelete }) => retainOnDelete && type.startsWith("kubernetes:"));
  const images = ofType("docker-build:index:Image").filter(({ retainOnDelete }) => retainOnDelete);
  const kept: [readonly string[], (names: string) => string][] = [
    [
      namesOf(namespaces),
      (names) =>
        `Kept: the Temporal namespaces ${names} with their histories, as far as Temporal's own database stays.`,
    ],
    [objects.map(objectName).sort(), (names) => `Kept in the cluster: ${names}.`],
    [namesOf(stateful), (names) => `Kept: the volumes of ${names}.`],
    [images.length > 0 ? [String(images.length)] : [], () => "Kept: the images in the registry."],
  ];
  return kept.flatMap(([names, sentence]) => (names.length > 0 ? [sentence(names.join(", "))] : []));
}

function namesOf(resources: readonly { readonly urn: string }[]): string[] {
  return resources.map(({ urn }) => `\`${partsOf(urn).name}\``).sort();
}

const claimsSchema = z.looseObject({ spec: z.looseObject({ volumeClaimTemplates: z.array(z.unknown()) }) });

function hasVolumes(inputs: unknown): boolean {
  return claimsSchema.safeParse(inputs).success;
}

const metadataSchema = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

function objectName({ urn, type, inputs }: z.output<typeof stateSchema>["resources"][number]): string {
  const name = metadataSchema.safeParse(inputs).data?.metadata.name ?? partsOf(urn).name;
  return `${type.split(":").at(-1)} \`${name}\``;
}
