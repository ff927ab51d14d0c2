import { createHash } from "node:crypto";

/** What decides a version beside its source: runtime, Python, image template, base, platform. */
export type Recipe = Readonly<Record<string, string>>;

/**
 * The name of a version: what the source is, and what is made of it.
 *
 * @returns `<tree>-<recipe>`: 12 and 8 hex characters.
 * @example versionOf("4b825dc642cb", { python: "3.11", platform: "local" }) // "4b825dc642cb-d41c0e5f"
 */
export function versionOf(tree: string, recipe: Recipe): string {
  return `${tree}-${recipeHash(recipe)}`;
}

/** Stands for a recipe, whatever the order of its fields. Eight hex characters. */
function recipeHash(recipe: Recipe): string {
  const sorted = Object.entries(recipe).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 8);
}
