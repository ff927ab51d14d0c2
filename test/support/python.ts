import { mkdir } from "node:fs/promises";
import path from "node:path";
import { buildEnvironment } from "../../providers/conduit/local/environment.ts";
import { runtimeRequirements } from "../../runtime/worker-runtime.ts";
import { readDependencies } from "../../sources/dependencies.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { uvPath } from "../../tools/python-tools.ts";

/** A Python with Temporal's SDK and nothing else: the environment of an algorithm without dependencies. */
export async function pythonWithTemporal(): Promise<string> {
  const cache = cacheDirectory();
  const directory = path.join(cache, "empty");
  await mkdir(directory, { recursive: true });
  const dependencies = await readDependencies(directory);
  const onProgress = () => {};
  const uv = await uvPath({ onProgress });
  const environment = { directory, dependencies, python: "3.11", runtimeRequirements, cache, uv, onProgress };
  return (await buildEnvironment(environment)).python;
}
