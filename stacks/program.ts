import * as pulumi from "@pulumi/pulumi";
import { Algorithm } from "../components/algorithm.ts";
import { refuseFolderSources } from "../registry/folder-sources.ts";
import { cacheDirectory } from "../tools/cache.ts";
import { refusePrintedBackendOfOthers } from "./backend.ts";
import { onlyNamed } from "./only.ts";
import { platformOf } from "./platform-of.ts";
import { projectRoot } from "./project.ts";
import { loadRegistry } from "./registry.ts";
import { resolveOnce } from "./resolve-once.ts";
import { readSettings } from "./settings.ts";

export interface ProgramOptions {
  /**
   * Names of the algorithms that the run is about; all when left out or empty. The engine has to target them: the others
   * are not looked at, and stay as they are.
   */
  readonly only?: readonly string[];
  /** Finds what the sources hold; whoever looks at them before or after the run hands in a way that asks them once. */
  readonly resolve?: typeof resolveOnce;
  /** The variables that the engine has. @default this process's, which plain `pulumi` hands its own */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The Pulumi program: settings, registry and commits become a platform with its namespaces and algorithms. */
export async function program({
  only = [],
  resolve = resolveOnce,
  environment = process.env,
}: ProgramOptions = {}): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const projectDirectory = projectRoot();
  refusePrintedBackendOfOthers(projectDirectory, process.env);
  const settings = readSettings();
  const registry = await loadRegistry(projectDirectory, stack);
  refuseFolderSources(registry, settings.platform);
  const cache = cacheDirectory();

  const platform = await platformOf(settings, { projectDirectory, stack, cache, registry, environment });
  platform.namespaces(registry.namespaces);

  const entries = registry.algorithms.filter(platform.runs);
  const wanted = onlyNamed(entries, only);
  const [candidates, refusals] = await Promise.all([
    resolve(wanted, platform.recipe, { cache, projectDirectory, ...platform.sources }),
    platform.refusals(wanted),
  ]);
  for (const entry of entries) {
    const problem = refusals.get(entry.name);
    const candidate = problem
      ? { problem }
      : (candidates.get(entry.name) ?? { problem: "It is not part of this run." });
    new Algorithm(entry.name, { entry, candidate, platform });
  }
  return platform.outputs;
}
