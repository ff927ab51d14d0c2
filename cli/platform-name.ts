import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Context } from "./context.ts";

/**
 * Where a stack's workers run, as its file of settings says. The file is looked at here: to ask the engine takes as long as
 * all else of a look. What is wrong in it the engine tells.
 */
export async function platformName({ root, stack }: Pick<Context, "root" | "stack">): Promise<"local" | "kubernetes"> {
  const project = await firstOf(["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].map((name) => path.join(root, name)));
  const folder = path.resolve(root, plainValue(project, "stackConfigDir") ?? ".");
  const name = stack.split("/").at(-1);
  const files = ["yaml", "yml", "json"].map((extension) => path.join(folder, `Pulumi.${name}.${extension}`));
  return plainValue(await firstOf(files), "conduit:platform") === "kubernetes" ? "kubernetes" : "local";
}

/** The text of the first file that is there. */
async function firstOf(files: readonly string[]): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => undefined)));
  return texts.find((text) => text !== undefined) ?? "";
}

/** A plain value of YAML or JSON, by a key that is there once. */
function plainValue(text: string, key: string): string | undefined {
  const told = text.replaceAll(/^\s*#.*$/gm, "");
  return new RegExp(`["']?${key}["']?\\s*:\\s*["']?([^"',}\\s#]+)`).exec(told)?.[1];
}
