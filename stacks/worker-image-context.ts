import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { loadYaml } from "@kubernetes/client-node";
import { readWorkerImageContext, writeWorkerImageContext } from "../runtime/worker-image-context.ts";

/**
 * Puts what worker base images are built from into the project's `.conduit`.
 *
 * @returns The digest of its files, and its place as the engine's plugins see it: the same on every machine.
 */
export async function workerImageContext(projectDirectory: string): Promise<{ location: string; digest: string }> {
  const context = await readWorkerImageContext();
  const folder = await writeWorkerImageContext(context, path.join(projectDirectory, ".conduit", "images"));
  const location = path.relative(await pluginDirectory(projectDirectory), folder);
  return { location, digest: context.digest };
}

/** Where the engine runs its plugins: in the folder of the project's `main`. */
export async function pluginDirectory(projectDirectory: string): Promise<string> {
  const file = path.join(projectDirectory, "Pulumi.yaml");
  if (!existsSync(file)) return projectDirectory;
  const { main } = loadYaml<{ readonly main?: unknown }>(await readFile(file, "utf8"));
  if (typeof main !== "string") return projectDirectory;
  const entry = path.resolve(projectDirectory, main);
  const isFolder = (await stat(entry).catch(() => undefined))?.isDirectory() === true;
  return isFolder ? entry : path.dirname(entry);
}
