import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse, TomlError } from "smol-toml";
import { codeOf, UserError } from "../errors.ts";

/** A table of a TOML file. */
export type Table = Readonly<Record<string, unknown>>;

/**
 * Reads a TOML file; undefined when there is none.
 *
 * @throws UserError that names the line, when it is malformed.
 */
export async function readToml(directory: string, name: string): Promise<Table | undefined> {
  const text = await readText(path.join(directory, name));
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

/** A file's text; undefined when there is no such file. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(thrown) ?? "")) return undefined;
    throw thrown;
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
