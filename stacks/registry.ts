import path from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "../errors.ts";
import { type Registry, resolveRegistry } from "../registry/resolve.ts";
import { registryFile } from "./project.ts";

/**
 * Imports the project's registry and resolves it for a stack.
 *
 * @throws UserError with every problem, or with the place where the file does not compile.
 */
export async function loadRegistry(projectDirectory: string, stack: string): Promise<Registry> {
  const file = path.join(projectDirectory, registryFile);
  const module: Record<string, unknown> = await import(pathToFileURL(file).href).catch((thrown) => {
    throw new UserError(`\`${registryFile}\` cannot be loaded. Correct it.`, [lastLine(messageOf(thrown))]);
  });
  return resolveRegistry(module.default, stack);
}

/** The compiler says first that it failed, and then where and why. */
function lastLine(message: string): string {
  return message.trim().split("\n").at(-1) ?? message;
}
