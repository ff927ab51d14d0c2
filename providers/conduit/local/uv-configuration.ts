import { homedir } from "node:os";
import path from "node:path";
import { readText } from "../../../sources/text-file.ts";
import { readToml, type Table, tableIn, tablesIn } from "../../../sources/toml.ts";

/** The user's and the machine's configuration of uv. */
function uvConfigurationFiles(user: NodeJS.ProcessEnv): string[] {
  const home = user.XDG_CONFIG_HOME || path.join(homedir(), ".config");
  return [path.join(home, "uv", "uv.toml"), "/etc/uv/uv.toml"];
}

/**
 * The addresses of the package indexes to which uv, run in a folder, gives names. What the user's own files say counts before
 * what an algorithm's say, which could send the user's passwords elsewhere; then the nearest to the folder.
 */
export async function namedIndexes(cwd: string, user: NodeJS.ProcessEnv): Promise<Map<string, string>> {
  const files = [...(user.UV_CONFIG_FILE ? [user.UV_CONFIG_FILE] : []), ...uvConfigurationFiles(user)];
  const tables = await Promise.all(files.map(tomlOf));
  for (let folder = path.resolve(cwd), last = ""; folder !== last; last = folder, folder = path.dirname(folder)) {
    tables.push(await tomlOf(path.join(folder, "uv.toml")));
    tables.push(tableIn(await tomlOf(path.join(folder, "pyproject.toml")), "tool", "uv"));
  }
  // Of several of one name the last stays in the map.
  const indexes = tables.toReversed().flatMap((table) => tablesIn(table?.index));
  return new Map(
    indexes.flatMap(({ name, url }) => (typeof name === "string" && typeof url === "string" ? [[name, url]] : [])),
  );
}

/** A file that cannot be read is uv's to complain about. */
async function tomlOf(file: string): Promise<Table | undefined> {
  return await readToml(path.dirname(file), path.basename(file)).catch(() => undefined);
}

/** Package indexes that are configured for pip alone, said to uv, which does not read pip's configuration. */
export async function pipIndexes(user: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  if (
    Object.keys(user).some((name) =>
      /^UV_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|CONFIG_FILE)$/.test(name),
    )
  )
    return {};
  for (const own of uvConfigurationFiles(user)) {
    if (/index/.test((await readText(own)) ?? "")) return {};
  }
  const home = user.XDG_CONFIG_HOME || path.join(homedir(), ".config");
  const files = [user.PIP_CONFIG_FILE, path.join(homedir(), ".pip", "pip.conf"), path.join(home, "pip", "pip.conf")];
  const settings = new Map<string, string>();
  for (const file of ["/etc/pip.conf", ...files.toReversed()]) {
    if (file !== undefined)
      for (const [name, value] of pipSettings((await readText(file)) ?? "")) settings.set(name, value);
  }
  const index = user.PIP_INDEX_URL || settings.get("index-url");
  const extra = user.PIP_EXTRA_INDEX_URL || settings.get("extra-index-url");
  return { ...(index && { UV_DEFAULT_INDEX: index }), ...(extra && { UV_INDEX: extra }) };
}

/** The `[global]` and `[install]` settings of a pip configuration file. */
export function pipSettings(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  let section = "";
  const lines = text
    .replace(/^[ \t]*[#;].*(\r?\n|$)/gm, "")
    .replace(/\r?\n[ \t]+(?=\S)/g, " ")
    .split(/\r?\n/);
  for (const line of lines) {
    section = /^\[(\w+)\]/.exec(line)?.[1] ?? section;
    const [, name, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && ["global", "install"].includes(section)) settings.set(name, (value ?? "").trim());
  }
  return settings;
}
