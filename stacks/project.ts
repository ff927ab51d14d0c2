import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../errors.ts";

/** The file that marks a project's root: the registry. */
export const registryFile = "algorithms.config.ts";

/**
 * The project's root: the nearest folder, from `start` upward, that holds the registry.
 *
 * @throws UserError when there is none, or when its files are not read as ES modules.
 */
export function projectRoot(start: string = process.cwd()): string {
  const root = findUpward(start, registryFile);
  if (root === undefined) {
    throw new UserError(
      `There is no \`${registryFile}\` in \`${start}\` or above it. Change to your project's folder.`,
    );
  }
  requireModules(root);
  return root;
}

/** The nearest folder, from `start` upward, that holds `file`. */
export function findUpward(start: string, file: string): string | undefined {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, file))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

/**
 * Makes sure that Node reads the files of a folder as ES modules. As CommonJS, plain `pulumi` would take the project's
 * program for one without any resource, and remove all that runs.
 *
 * @throws UserError when the nearest `package.json` says otherwise.
 */
export function requireModules(folder: string): void {
  const owner = findUpward(folder, "package.json");
  const mend = 'Write `"type": "module"` into';
  if (owner === undefined) {
    throw new UserError(`\`${folder}\` has no \`package.json\`. ${mend} a new one, and run this again.`);
  }
  const file = path.join(owner, "package.json");
  if (readJson(file).type === "module") return;
  throw new UserError(
    `\`${file}\` has no \`"type": "module"\`, so Node cannot read \`${registryFile}\` as the ES module that it is. ${mend} it, and run this again.`,
  );
}

function readJson(file: string): { type?: unknown } {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (thrown) {
    throw new UserError(`\`${file}\` cannot be read: ${messageOf(thrown)}. Correct it.`);
  }
}
