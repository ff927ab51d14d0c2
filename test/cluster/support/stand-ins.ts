import { existsSync } from "node:fs";
import path from "node:path";
import { findExecutable } from "../../../tools/executables.ts";
import { repository } from "../../support/project.ts";

/** A PATH with the stand-ins of those plugins that are not on it: the official ones come first, where they are. */
export function pathWithPlugins(names: readonly string[], PATH = process.env.PATH ?? ""): string {
  const missing = names.filter((name) => findExecutable(`pulumi-resource-${name}`) === undefined);
  const folders = missing.map((name) => path.join(repository, "test", "plugins", name));
  for (const folder of folders) {
    if (!existsSync(folder)) throw new Error(`There is neither the plugin nor its stand-in: ${folder}`);
  }
  return [PATH, ...folders].join(path.delimiter);
}
