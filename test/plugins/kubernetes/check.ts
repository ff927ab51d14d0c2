import { createHash, randomBytes } from "node:crypto";
import { isObject, type Json, type JsonObject, textAt, withAt } from "./json.ts";
import { annotationOf, nameOf, resourceNameOf } from "./object.ts";
import { hasUnknown, markSecrets, revealObject } from "./secrets.ts";

const autonamed = "pulumi.com/autonamed";

/** What a check is made of. */
export interface CheckRequest {
  readonly urn: string;
  /** The inputs of the last run, or an empty object. */
  readonly olds: JsonObject;
  /** What the program asks for. */
  readonly news: JsonObject;
  /** Gives the same name for the same resource within a run. */
  readonly seed: Uint8Array;
  /** The name that the engine's own autonaming settings propose, if there are any. */
  readonly proposedName: string | undefined;
  /** The namespace for an object that names none; undefined for kinds without namespaces. */
  readonly namespace: string | undefined;
}

/**
 * The inputs as they are used from here on: named, and in a namespace. A resource without a name keeps the name that an
 * earlier run gave it.
 *
 * @throws when the server would have to make up the name, which server-side apply cannot do.
 */
export function check({ urn, olds, news, seed, proposedName, namespace }: CheckRequest): JsonObject {
  const inputs = revealObject(news);
  // Of metadata that is not known yet, nothing can be filled in.
  if (inputs.metadata !== undefined && !isObject(inputs.metadata)) return news;
  const named = withName(inputs, revealObject(olds), () => proposedName ?? `${resourceNameOf(urn)}-${suffix(seed)}`);
  return markSecrets(withNamespace(named, namespace), news);
}

function withName(inputs: JsonObject, olds: JsonObject, newName: () => string): JsonObject {
  if (nameOf(inputs) !== "") return inputs;
  if (textAt(inputs, "metadata", "generateName")) {
    throw new Error("the `.metadata.generateName` field is not supported in Server-Side Apply mode");
  }
  const kept = isAutonamed(olds) ? nameOf(olds) : newName();
  const named = withAt(inputs, ["metadata", "name"], kept);
  const annotations: Json | undefined = isObject(inputs.metadata) ? inputs.metadata.annotations : undefined;
  const isKnown =
    annotations === undefined || annotations === null || !hasUnknown(annotations) || isObject(annotations);
  return isKnown ? withAt(named, ["metadata", "annotations", autonamed], "true") : named;
}

/** Whether the plugin made the name up. */
export function isAutonamed(inputs: JsonObject): boolean {
  return annotationOf(inputs, autonamed) === "true";
}

function withNamespace(inputs: JsonObject, namespace: string | undefined): JsonObject {
  const given = textAt(inputs, "metadata", "namespace") ?? "";
  return namespace === undefined || given !== "" ? inputs : withAt(inputs, ["metadata", "namespace"], namespace);
}

function suffix(seed: Uint8Array): string {
  const bytes = seed.length === 0 ? randomBytes(4) : createHash("sha256").update(seed).digest();
  return bytes.toString("hex").slice(0, 8);
}
