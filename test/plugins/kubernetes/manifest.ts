import { isArray, isObject, type Json, type JsonObject, objectAt, withoutAt } from "./json.ts";
import { revealObject } from "./secrets.ts";

/** A resource's inputs as the API server wants them: no secret wrapped, and the schema extensions under their own names. */
export function manifestOf(inputs: JsonObject): JsonObject {
  return renameKeys(revealObject(inputs), /^x_kubernetes_/, (key) => key.replaceAll("_", "-"));
}

/** An object of the API server under the names that the SDK's types have: `x_kubernetes_…` for `x-kubernetes-…`. */
export function propertiesOf(object: JsonObject): JsonObject {
  return renameKeys(object, /^x-kubernetes-/, (key) => key.replaceAll("-", "_"));
}

function renameKeys(object: JsonObject, pattern: RegExp, rename: (key: string) => string): JsonObject {
  const renamed = (value: Json): Json => {
    if (isArray(value)) return value.map(renamed);
    return isObject(value) ? renameKeys(value, pattern, rename) : value;
  };
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [pattern.test(key) ? rename(key) : key, renamed(value)]),
  );
}

const readOnly = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
] as const;

/**
 * Inputs in the form in which the server keeps them, so that two ways to write the same compare as the same: a Secret's
 * `stringData` is part of its `data`, and what only the server writes is left out.
 */
export function normalized(inputs: JsonObject): JsonObject {
  const writable = readOnly.reduce((object, key) => withoutAt(object, ["metadata", key]), inputs);
  if (writable.kind !== "Secret" || writable.apiVersion !== "v1") return writable;
  const texts = objectAt(writable, "stringData");
  if (Object.keys(texts).length === 0) return writable;
  const encoded = Object.entries(texts).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
  const data = { ...objectAt(writable, "data"), ...Object.fromEntries(encoded) };
  return { ...withoutAt(writable, ["stringData"]), data };
}
