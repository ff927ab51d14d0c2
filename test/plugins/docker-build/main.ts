import { z } from "zod";
import { hasUnknown, type Json, type Log, type Made, type Plugin, unknownValue } from "../support/plugin.ts";
import { parseReference } from "../support/reference.ts";
import { deleteManifest, digestOf } from "../support/registry.ts";
import { serve } from "../support/serve.ts";
import { imageBuilder } from "./build.ts";
import { contextHash } from "./context-hash.ts";
import { differenceOf } from "./difference.ts";
import { type ImageInputs, imageInputs, imageOutputs } from "./image-inputs.ts";

// Stands in for the official plugin where it cannot be had: images are built with Debian's `buildah`.

const build = imageBuilder();

const plugin: Plugin = {
  version: "0.0.22",
  check: async ({ type, news }) => {
    if (type !== "docker-build:index:Image") throw new Error(`unknown resource type ${type}`);
    if (hasUnknown(news)) return { inputs: news };
    const parsed = imageInputs.safeParse(news);
    if (parsed.success) return { inputs: parsed.data };
    const failures = parsed.error.issues.map(({ path, message }) => ({ property: path.join("."), reason: message }));
    return { inputs: news, failures };
  },
  diff: async ({ olds, news }) => {
    const before = imageOutputs.parse(olds);
    if (hasUnknown(news)) return { changes: true, diffs: Object.keys(news).filter((name) => hasUnknown(news[name])) };
    const inputs = imageInputs.parse(news);
    return differenceOf(before, inputs, await contextHash(inputs));
  },
  create: async ({ inputs, preview, urn }, log) => make(inputs, preview, urn.split("::").at(-1) ?? "", log),
  update: async ({ id, olds, news, preview }, log) => {
    imageOutputs.parse(olds);
    return await make(news, preview, id, log);
  },
  read: async ({ id, outputs, inputs }) => {
    const { push, tags, digest, registries } = imageOutputs.parse(outputs);
    if (!push || tags.length === 0) return { id, outputs, inputs };
    const found = await Promise.all(tags.map((tag) => digestOf({ ...parseReference(tag), digest }, registries)));
    const kept = tags.filter((_, index) => found[index] !== undefined);
    return kept.length === 0 ? undefined : { id, outputs: { ...outputs, tags: kept }, inputs };
  },
  delete: async ({ outputs }, log) => {
    const { tags, digest, registries } = imageOutputs.parse(outputs);
    const places = new Map(tags.map(parseReference).map((one) => [`${one.registry}/${one.repository}`, one]));
    for (const [name, reference] of places) {
      if (!(await deleteManifest(reference, digest, registries))) log.warn(`${name}@${digest} not found`);
    }
  },
};

/** Builds, unless this is a preview that is not to: what a build gives is not known then. */
async function make(given: Json, preview: boolean, name: string, log: Log): Promise<Made> {
  const unbuilt = { ...given, digest: unknownValue, ref: unknownValue, contextHash: unknownValue, standIn: true };
  if (preview && (given.buildOnPreview === false || hasUnknown(given))) return { id: name, outputs: unbuilt };
  const inputs = imageInputs.parse(given);
  log.status("building");
  const digest = await build(preview ? { ...inputs, push: false } : inputs);
  if (preview) return { id: name, outputs: unbuilt };
  const outputs = {
    ...inputs,
    digest,
    ref: refOf(inputs, digest),
    contextHash: await contextHash(inputs),
    standIn: true,
  };
  return { id: digest, outputs: z.record(z.string(), z.unknown()).parse(outputs) };
}

function refOf({ tags: [tag = ""] }: ImageInputs, digest: string): string {
  return /:[^/]*$/.test(tag) ? `${tag}@${digest}` : `${tag}:latest@${digest}`;
}

await serve(plugin);
