import { isTable, own, type Table, tableOf } from "./plain.ts";

/** The fields that say which kind of source it is. */
const sourceKinds = ["git", "path", "image", "mock"];

/**
 * Lays one algorithm's fields over another's, section by section: `over` wins, lists and texts are replaced, and what it
 * leaves out stays. An owner is replaced as a whole; a source too, unless both are of the same kind.
 */
export function mergeAlgorithm(base: unknown, over: unknown): Table {
  const merged = tableOf(merge(base, over));
  const owner = own(over, "owner") ?? own(base, "owner");
  const source = mergeSource(own(base, "source"), own(over, "source"));
  return { ...merged, ...(owner === undefined ? {} : { owner }), ...(source === undefined ? {} : { source }) };
}

/** Lays plain data over plain data: objects field by field, all else as a whole. */
export function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isTable(base) || !isTable(over)) return over;
  const fields = Object.keys({ ...base, ...over });
  return Object.fromEntries(fields.map((field) => [field, merge(own(base, field), own(over, field))]));
}

/** The kind of a written source; undefined for single fields of one. */
export function sourceKind(source: unknown): string | undefined {
  return sourceKinds.find((kind) => own(source, kind) !== undefined);
}

function mergeSource(base: unknown, over: unknown): unknown {
  const kind = sourceKind(over);
  return kind === undefined || kind === sourceKind(base) ? merge(base, over) : over;
}
