import { isArray, isObject, type Json, type JsonObject } from "./json.ts";

// How the engine writes secrets and values that a preview cannot know yet into the JSON that it exchanges with plugins.
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** What stands for a value that is not known in a preview. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that the engine encrypts in its state and hides in its output. */
export function secret(value: Json): JsonObject {
  return { [signature]: secretSignature, value };
}

/** Whether a value is a secret itself. */
export function isSecret(value: Json | undefined): value is JsonObject {
  return isObject(value) && value[signature] === secretSignature;
}

/** Whether a secret is somewhere in a value. */
export function hasSecret(value: Json | undefined): boolean {
  return isSecret(value) || children(value).some(hasSecret);
}

/** Whether something in a value is not known yet. */
export function hasUnknown(value: Json | undefined): boolean {
  return value === unknown || children(value).some(hasUnknown);
}

function children(value: Json | undefined): readonly Json[] {
  if (isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** A value as the API server wants it, with every secret unwrapped. */
export function reveal(value: Json): Json {
  if (isSecret(value)) return reveal(value.value ?? null);
  if (isArray(value)) return value.map(reveal);
  return isObject(value) ? revealObject(value) : value;
}

/** `reveal` for an object. */
export function revealObject(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]));
}

/**
 * Marks in `out` what is secret in `from`, which has the same shape: single fields of objects, but arrays as a whole, since
 * the server may have put their elements in another order. The data of a Secret is always secret.
 */
export function markSecrets(out: JsonObject, from: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(out).map(([key, value]): [string, Json] => {
      const source = from[key];
      if (isSecretData(out, key)) return [key, isSecret(value) ? value : secret(value)];
      if (isObject(value) && isObject(source) && !isSecret(source)) return [key, markSecrets(value, source)];
      return [key, hasSecret(source) ? secret(value) : value];
    }),
  );
}

function isSecretData(object: JsonObject, key: string): boolean {
  return object.kind === "Secret" && object.apiVersion === "v1" && (key === "data" || key === "stringData");
}
