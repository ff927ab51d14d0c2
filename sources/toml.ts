import { parse, TomlError } from "smol-toml";
import { UserError } from "../errors.ts";
import { readWrittenText } from "./text-file.ts";

/** A table of a TOML file. */
export type Table = Readonly<Record<string, unknown>>;

/**
 * Reads a TOML file; undefined when there is none.
 *
 * @throws UserError that names the line, when it is malformed or not UTF-8.
 */
export async function readToml(directory: string, name: string): Promise<Table | undefined> {
  const text = await readWrittenText(directory, name);
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const reason = (thrown.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
    throw new UserError(
      `\`${name}\` is no TOML: line ${thrown.line}, column ${thrown.column}: ${reason}. Correct that line.`,
    );
  }
}

/** The table below a table; empty when there is none. */
export function tableIn(table: Table | undefined, ...keys: readonly string[]): Table {
  let found: unknown = table;
  for (const key of keys) found = isTable(found) ? found[key] : undefined;
  return isTable(found) ? found : {};
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The texts of a list; empty when it is none. */
export function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** The tables of a list; empty when it is none. */
export function tablesIn(value: unknown): Table[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}
