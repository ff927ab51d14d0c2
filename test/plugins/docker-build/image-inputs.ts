import { z } from "zod";

const texts = z.record(z.string(), z.string());
const cache = z.looseObject({
  registry: z.object({ ref: z.string() }).optional(),
  disabled: z.boolean().optional(),
});

/** The inputs of `docker-build:index:Image`, as far as they are relied on; the others are refused, not ignored. */
export const imageInputs = z.strictObject({
  buildArgs: texts.default({}),
  buildOnPreview: z.boolean().default(true),
  cacheFrom: z.array(cache).default([]),
  cacheTo: z.array(cache).default([]),
  context: z
    .object({ location: z.string(), named: z.record(z.string(), z.object({ location: z.string() })).optional() })
    .default({ location: "." }),
  dockerfile: z.object({ inline: z.string().optional(), location: z.string().optional() }).default({}),
  ignoreSecretsInDiffCalculation: z.array(z.string()).default([]),
  labels: texts.default({}),
  network: z.string().default("default"),
  noCache: z.boolean().default(false),
  platforms: z.array(z.string()).max(1, "one platform at a time").default([]),
  pull: z.boolean().default(false),
  push: z.boolean(),
  registries: z
    .array(z.object({ address: z.string(), username: z.string().default(""), password: z.string().default("") }))
    .default([]),
  secrets: texts.default({}),
  ssh: z.array(z.looseObject({ id: z.string() })).default([]),
  tags: z.array(z.string()).default([]),
  target: z.string().default(""),
});

export type ImageInputs = Readonly<z.output<typeof imageInputs>>;

/** What the state has of an image. */
export const imageOutputs = z.looseObject({
  ...imageInputs.shape,
  digest: z.string(),
  ref: z.string(),
  contextHash: z.string(),
  /** Set by this plugin alone: what another one made, it does not touch. */
  standIn: z.literal(true, "Another plugin made this image: the stand-in does not touch it."),
});

export type ImageOutputs = Readonly<z.output<typeof imageOutputs>>;

/** Whether a context is fetched by the builder itself. */
export function isRemote(location: string): boolean {
  return /^(https?|git|ssh):\/\/|^git@|^docker-image:\/\//.test(location);
}
