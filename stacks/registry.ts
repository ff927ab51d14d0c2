import { type Registry, resolveRegistry } from "../registry/resolve.ts";
import { importFile } from "./import-file.ts";
import { registryFile } from "./project.ts";

/**
 * Imports the project's registry, anew when the file has changed, and resolves it for a stack.
 *
 * @throws UserError with every problem, or with the place where the file does not compile or throws.
 */
export async function loadRegistry(projectDirectory: string, stack: string): Promise<Registry> {
  const module = await importFile(projectDirectory, registryFile);
  return resolveRegistry(module.default, stack);
}
