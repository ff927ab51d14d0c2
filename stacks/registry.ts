import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Registry, resolveRegistry } from "../registry/resolve.ts";
import { registryFile } from "./project.ts";

/** Imports the project's registry and resolves it for a stack. Throws UserError with every problem. */
export async function loadRegistry(projectDirectory: string, stack: string): Promise<Registry> {
  const module: Record<string, unknown> = await import(pathToFileURL(path.join(projectDirectory, registryFile)).href);
  return resolveRegistry(module.default, stack);
}
