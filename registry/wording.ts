import { redacted } from "../errors.ts";
import { editDistance } from "../tools/edit-distance.ts";

/** Where a value stands: the keys and list positions that lead to it. */
export type Path = readonly PropertyKey[];

/** Says where a value stands, as sentences show it: "`algorithms.ranker.owner`", "`memory` in `pyproject.toml` of `ranker`". */
export type Place = (path: Path) => string;

/** A path as sentences show it, in backticks: `algorithms.speaker-id.source.include[0]`; `root` for the whole. */
export function atPath(path: Path, root: string): string {
  const [first, ...rest] = path;
  if (first === undefined) return `\`${root}\``;
  return `\`${[plainKey(first), ...rest.map(step)].join("")}\``;
}

/** The place of a value in the registry, such as `algorithms.speaker-id.owner`. */
export function placeInRegistry(path: Path): string {
  return atPath(path, "algorithms.config.ts");
}

/** A value as sentences show it: short, on one line, without credentials of an address. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shortened(redacted(value.slice(0, 2000))));
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return shownObject(value);
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  return typeof value === "bigint" ? `${value}n` : String(value);
}

/** What kind of value this is, for values that must not be shown: "a text", "a number". */
export function kindShown(value: unknown): string {
  if (typeof value === "string") return "a text that does not fit";
  return typeof value === "number" || typeof value === "boolean" ? `a ${typeof value}` : shown(value);
}

/** "Did you mean `x`?" for the valid name nearest to `given`, or `otherwise` when none is near. */
export function didYouMean(given: string, valid: readonly string[], otherwise: string): string {
  const close = valid
    .map((name) => ({ name, distance: editDistance(start(given), start(name)) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((left, right) => left.distance - right.distance);
  return close[0] ? `Did you mean \`${close[0].name}\`?` : otherwise;
}

/** What is compared: a hostile name may be long. */
function start(name: string): string {
  return name.toLowerCase().slice(0, 40);
}

/** Names in backticks: "`a`, `b`". */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function shownObject(value: object): string {
  const keys = Object.keys(value).map(plainKey);
  if (keys.length === 0) return "an empty object";
  return keys.length > 5 ? "an object" : `an object of ${quoted(keys)}`;
}

function step(key: PropertyKey): string {
  if (typeof key === "number") return `[${key}]`;
  const plain = plainKey(key);
  return plain.startsWith("[") ? plain : `.${plain}`;
}

function plainKey(key: PropertyKey): string {
  const text = String(key);
  return /^[\w-]+$/.test(text) ? shortened(text) : `[${JSON.stringify(shortened(text)).replaceAll("`", "'")}]`;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
