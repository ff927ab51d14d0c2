import { equal, isArray, isObject, type Json } from "./json.ts";

/** A step into a value: a key of an object or an index of an array. */
export type Step = string | number;

/** One difference between two values. */
export interface Change {
  readonly path: readonly Step[];
  readonly kind: "add" | "delete" | "update";
  /** What is there now; undefined for what is added. */
  readonly before: Json | undefined;
  /** What is wanted; undefined for what is deleted. */
  readonly after: Json | undefined;
}

/** The differences between what is there and what is wanted, each as deep in the value as it goes. Null is nothing. */
export function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly Step[] = [],
): readonly Change[] {
  if (equal(before ?? undefined, after ?? undefined)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => compare(before[key], after[key], [...path, key]));
  }
  if (isArray(before) && isArray(after)) {
    const indexes = [...Array(Math.max(before.length, after.length)).keys()];
    return indexes.flatMap((index) => compare(before[index], after[index], [...path, index]));
  }
  if (before === undefined || before === null) return [{ path, kind: "add", before: undefined, after }];
  if (after === undefined || after === null) return [{ path, kind: "delete", before, after: undefined }];
  return [{ path, kind: "update", before, after }];
}

/** A path as the engine writes it: `spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
export function formatPath(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (/[."[\]]/.test(step)) return `${text}["${step.replaceAll('"', '\\"')}"]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}

/** The steps of a path as the engine writes it; `*` stands for any step. */
export function parsePath(text: string): readonly Step[] {
  const steps = text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return [...steps].map(([, quoted, index, key]) => {
    if (quoted !== undefined) return quoted.replaceAll('\\"', '"');
    return index !== undefined && index !== "*" ? Number(index) : (key ?? "*");
  });
}

/** Whether a path is at or below another one, in which `*` stands for any step. */
export function isWithin(path: readonly Step[], other: readonly Step[]): boolean {
  return other.length <= path.length && other.every((step, index) => step === "*" || step === path[index]);
}
