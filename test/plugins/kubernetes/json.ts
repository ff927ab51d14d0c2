/** Anything that a JSON text can hold: what the engine and the API server exchange. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object: a Kubernetes object, a resource's inputs, its state. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is an object, and no array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is an array. `Array.isArray` alone does not narrow a readonly array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value at a path of keys, or undefined when something on the way is missing. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((found, key) => (isObject(found) ? found[key] : undefined), value);
}

/** The object at a path, or an empty one. */
export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

/** The array at a path, or an empty one. */
export function arrayAt(value: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const found = at(value, ...path);
  return isArray(found) ? found : [];
}

/** The text at a path, or undefined. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

/** The number at a path, or undefined. */
export function numberAt(value: Json | undefined, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** A copy with another value at a path, its parents made where they are missing. */
export function withAt(value: JsonObject, path: readonly string[], inner: Json): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return { ...value, [key]: rest.length === 0 ? inner : withAt(objectAt(value, key), rest, inner) };
}

/** A copy without what lies at a path; the same object when nothing does. */
export function withoutAt(value: JsonObject, path: readonly string[]): JsonObject {
  const [key, ...rest] = path;
  const inner = key === undefined ? undefined : value[key];
  if (key === undefined || inner === undefined) return value;
  if (rest.length > 0) return isObject(inner) ? { ...value, [key]: withoutAt(inner, rest) } : value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

/** Whether two values are the same, whatever the order of keys. */
export function equal(one: Json | undefined, other: Json | undefined): boolean {
  if (isArray(one) && isArray(other)) {
    return one.length === other.length && one.every((item, index) => equal(item, other[index]));
  }
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length && keys.every((key) => equal(one[key], other[key]));
  }
  return one === other;
}
