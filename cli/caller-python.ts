import { buildEnvironment } from "../providers/conduit/local/environment.ts";
import { defaultPython } from "../registry/schema.ts";
import { installRuntime, runtimeDigest, runtimeRequirements } from "../runtime/worker-runtime.ts";
import { readDependencies } from "../sources/dependencies.ts";
import { cacheDirectory } from "../tools/cache.ts";
import { uvPath } from "../tools/python-tools.ts";
import { note } from "./terminal.ts";

/** An interpreter that can call activities, and the worker's sources for its PYTHONPATH. */
export interface CallerPython {
  readonly python: string;
  readonly runtime: string;
}

/**
 * Python with what the worker needs and nothing of an algorithm's: for stacks whose workers run elsewhere. It is installed
 * when it is asked for the first time.
 */
export async function callerPython(): Promise<CallerPython> {
  const cache = cacheDirectory();
  const runtime = await installRuntime(cache, await runtimeDigest());
  const { python } = await buildEnvironment({
    directory: runtime,
    dependencies: await readDependencies(runtime),
    python: defaultPython,
    runtimeRequirements,
    cache,
    uv: await uvPath({ onProgress: note }),
    onProgress: note,
  });
  return { python, runtime };
}
