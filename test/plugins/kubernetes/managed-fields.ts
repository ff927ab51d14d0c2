import { arrayAt, isObject, type Json, type JsonObject, objectAt, textAt } from "./json.ts";

// Managers whose fields the first update takes over: the plugin's own create, and people's kubectl.
const predecessors: readonly (readonly [manager: string, operation: string])[] = [
  ["kubectl", "Apply"],
  ["kubectl", "Update"],
  ["before-first-apply", "Update"],
  ["pulumi-kubernetes", "Update"],
  ["pulumi-kubernetes.exe", "Update"],
  ["pulumi-resource-kubernetes", "Update"],
];

/**
 * The `managedFields` of an object after `manager` took the fields over from the plugin's own create and from kubectl: a
 * create is no apply, so that without this the first apply would conflict with it. Undefined when there is nothing to do.
 */
export function takenOver(live: JsonObject, manager: string): readonly Json[] | undefined {
  const entries = arrayAt(live, "metadata", "managedFields").filter(isObject);
  const isOld = (entry: JsonObject) =>
    entry.subresource === undefined &&
    predecessors.some(([name, operation]) => entry.manager === name && entry.operation === operation);
  const isOurs = (entry: JsonObject) => entry.manager === manager && entry.operation === "Apply" && !entry.subresource;
  const old = entries.filter(isOld);
  const [latest] = old;
  if (latest === undefined) return undefined;
  const ours = entries.filter(isOurs);
  const fieldsV1 = [...ours, ...old].reduce((all, entry) => union(all, objectAt(entry, "fieldsV1")), {});
  const apiVersion = textAt(latest, "apiVersion") ?? textAt(live, "apiVersion") ?? "";
  const time = textAt(latest, "time");
  const entry = {
    manager,
    operation: "Apply",
    apiVersion,
    ...(time ? { time } : {}),
    fieldsType: "FieldsV1",
    fieldsV1,
  };
  return [...entries.filter((one) => !isOld(one) && !isOurs(one)), entry];
}

function union(one: JsonObject, other: JsonObject): JsonObject {
  const merged = Object.entries(other).map(([key, value]): [string, Json] => {
    const known = one[key];
    return [key, isObject(known) && isObject(value) ? union(known, value) : value];
  });
  return { ...one, ...Object.fromEntries(merged) };
}

/** Whether a manager other than `manager` owns the field at a path of keys, and `manager` does not. */
export function isOthers(live: JsonObject, manager: string, path: readonly string[]): boolean {
  const owners = arrayAt(live, "metadata", "managedFields").filter((entry) => owns(objectAt(entry, "fieldsV1"), path));
  return owners.length > 0 && !owners.some((entry) => textAt(entry, "manager") === manager);
}

function owns(fields: JsonObject, path: readonly string[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  const inner = fields[`f:${key}`];
  return isObject(inner) && owns(inner, rest);
}
