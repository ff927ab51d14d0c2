import { readdir } from "node:fs/promises";
import path from "node:path";
import { parse, TomlError } from "smol-toml";
import { normalizedName } from "./local-packages.ts";
import type { OtherTool } from "./other-tools.ts";
import { readText } from "./text-file.ts";
import { textsIn } from "./toml.ts";

/** A script's own list of what it needs: comments of TOML between `# /// script` and `# ///` (PEP 723). */
const BLOCK = /^# \/\/\/ script\r?\n((?:#(?:| .*)\r?\n)+?)# \/\/\/\r?$/m;

/**
 * A script of the folder or of its `src` whose metadata asks for packages, and that could define activities. `temporalio`
 * alone counts for nothing, since the worker brings it.
 */
export async function scriptMetadata(directory: string): Promise<OtherTool | undefined> {
  for (const folder of ["", "src"]) {
    const names = await readdir(path.join(directory, folder)).catch(() => []);
    for (const name of names.filter((name) => name.endsWith(".py")).toSorted()) {
      const file = path.posix.join(folder, name);
      const text = (await readText(path.join(directory, file))) ?? "";
      if (text.includes("temporalio") && dependenciesOfScript(text).some(isForeign))
        return { file, command: `uv export --script ${JSON.stringify(file)} --output-file requirements.txt` };
    }
  }
  return undefined;
}

/** The requirements in a script's metadata; empty where it has none that can be read. */
function dependenciesOfScript(text: string): string[] {
  const block = BLOCK.exec(text)?.[1];
  if (block === undefined) return [];
  try {
    return textsIn(parse(block.replace(/^# ?/gm, "")).dependencies);
  } catch (thrown) {
    if (thrown instanceof TomlError) return []; // To Python it is a comment.
    throw thrown;
  }
}

function isForeign(requirement: string): boolean {
  return normalizedName(requirement) !== "temporalio";
}
