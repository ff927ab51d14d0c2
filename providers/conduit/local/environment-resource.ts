import { existsSync } from "node:fs";
import { z } from "zod";
import { installRuntime, runtimeRequirements } from "../../../runtime/worker-runtime.ts";
import { readDependencies } from "../../../sources/dependencies.ts";
import { uvPath } from "../../../tools/python-tools.ts";
import { hasUnknown, type Properties, type ResourceHandler, sameProperties, type Tell } from "../handler.ts";
import { buildEnvironment } from "./environment.ts";
import { attemptSchema, rememberingFailure } from "./last-failure.ts";

const inputs = z.looseObject({
  directory: z.string(),
  dependencies: z.string(),
  pythonVersion: z.string(),
  runtimeDigest: z.string(),
  cache: z.string(),
  wantedBy: attemptSchema,
});

/**
 * `conduit:local:Environment`: a Python environment in the cache, shared by all versions with the same dependencies, so that
 * a code-only commit installs nothing.
 */
export const environmentHandler: ResourceHandler = {
  id: (properties) => String(properties.dependencies),
  diff: async (olds, news) => {
    const compared = ["dependencies", "pythonVersion", "runtimeDigest", "cache"];
    return { changes: hasUnknown(news) || !sameProperties(olds, news, compared) || !isThere(olds) };
  },
  create: async (properties, tell) =>
    rememberingFailure(inputs.parse(properties).wantedBy, () => build(properties, tell)),
  update: async (_olds, news, tell) => rememberingFailure(inputs.parse(news).wantedBy, () => build(news, tell)),
  read: async (props) => (isThere(props) ? props : undefined),
  // The cache keeps it: another version or stack may use it.
  delete: async () => {},
};

async function build(properties: Properties, onProgress: Tell = () => {}): Promise<Properties> {
  const { directory, pythonVersion, runtimeDigest, cache } = inputs.parse(properties);
  const started = performance.now();
  const environment = await buildEnvironment({
    directory,
    dependencies: await readDependencies(directory),
    python: pythonVersion,
    runtimeRequirements,
    cache,
    uv: await uvPath({ onProgress }),
    onProgress,
  });
  const runtime = await installRuntime(cache, runtimeDigest);
  return {
    ...properties,
    python: environment.python,
    runtime,
    stages: { build: Math.round(performance.now() - started) },
  };
}

function isThere(props: Properties): boolean {
  return [props.python, props.runtime].every((path) => typeof path === "string" && existsSync(path));
}
