import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../errors.ts";

/** The file that marks a project's root: the registry. */
export const registryFile = "algorithms.config.ts";

/**
 * The project's root: the nearest folder, from `start` upward, that holds the registry.
 *
 * @throws UserError when there is none.
 */
export function projectRoot(start: string = process.cwd()): string {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, registryFile))) return folder;
    if (folder === path.dirname(folder)) {
      throw new UserError(
        `There is no \`${registryFile}\` in \`${start}\` or above it. Change to your project's folder.`,
      );
    }
  }
}
