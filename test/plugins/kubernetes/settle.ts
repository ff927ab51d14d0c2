import { isArray, isObject, type Json, type JsonObject, textAt } from "./json.ts";
import { isQuantity, sameQuantity } from "./quantity.ts";

/**
 * What the inputs would have to be to describe the live object: its values for the fields that the inputs set, and nothing
 * else. So a default that the server fills in, or a count that an autoscaler sets, is no difference, while a field that
 * somebody changed by hand is. A value that the server only writes in another way, such as `1000m` as `1`, stays as it is
 * in the inputs.
 */
export function settle(inputs: JsonObject, live: JsonObject): JsonObject {
  const isBuiltIn = /^(v1|(apps|batch|autoscaling|policy)\/.*|[^/]*\.k8s\.io\/.*)$/.test(
    textAt(inputs, "apiVersion") ?? "",
  );
  return settleObject(inputs, live, [], isBuiltIn);
}

function settleObject(input: JsonObject, live: JsonObject, path: readonly string[], isBuiltIn: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(input).flatMap(([key, value]): [string, Json][] => {
      const found = live[key];
      if (found !== undefined) return [[key, settleValue(value, found, [...path, key], isBuiltIn)]];
      return isBuiltIn && isEmpty(value) ? [[key, value]] : [];
    }),
  );
}

function settleValue(input: Json, live: Json, path: readonly string[], isBuiltIn: boolean): Json {
  if (isObject(input) && isObject(live)) return settleObject(input, live, path, isBuiltIn);
  if (isArray(input) && isArray(live)) {
    return input.slice(0, live.length).map((item, index) => settleValue(item, live[index] ?? null, path, isBuiltIn));
  }
  return isBuiltIn && isQuantity(path) && sameQuantity(input, live) ? input : live;
}

/** The server drops from its own kinds what says no more than its absence. */
function isEmpty(value: Json): boolean {
  if (isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.values(value).every(isEmpty);
  return value === null || value === "" || value === 0 || value === false;
}
