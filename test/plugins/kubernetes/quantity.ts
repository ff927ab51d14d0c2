import type { Json } from "./json.ts";

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const holders: readonly string[] = ["limits", "requests", "hard", "capacity", "overhead", "default", "defaultRequest"];
const bounds: readonly string[] = ["min", "max", "maxLimitRequestRatio"];
const fields: readonly string[] = ["sizeLimit", "storage", "divisor", "averageValue"];

/** Whether the field at a path of a built-in kind is an amount, which the server writes in its shortest form. */
export function isQuantity(path: readonly string[]): boolean {
  const [parent = "", field = ""] = path.slice(-2);
  return holders.includes(parent) || bounds.includes(parent) || fields.includes(field);
}

/** Whether two amounts are the same, such as `1000m` and `1`, or `0.5Gi` and `512Mi`. */
export function sameQuantity(one: Json, other: Json): boolean {
  const [left, right] = [amountOf(one), amountOf(other)];
  return left !== undefined && right !== undefined && Math.abs(left - right) <= Math.abs(left) * 1e-12;
}

function amountOf(value: Json): number | undefined {
  const [, number, suffix = ""] =
    /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(String(value)) ?? [];
  const factor = factors[suffix];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
