import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { KubernetesProject } from "./kubernetes-project.ts";
import { must } from "./must.ts";

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  dependencies: z.array(z.string()).optional(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).optional(),
});
const stateSchema = z.looseObject({ deployment: z.looseObject({ resources: z.array(resourceSchema) }) });

/**
 * Takes every object of the cluster out of a stack's state, as if no answer to its creation had ever come back.
 *
 * @returns How many there were.
 */
export async function forgetObjects(project: KubernetesProject, stack: string): Promise<number> {
  const file = path.join(project.root, "state.json");
  await must(project.pulumi("stack", "export", "--stack", stack, "--file", file));
  const state = stateSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const { resources } = state.deployment;
  const lost = new Set(resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ urn }) => urn));
  const kept = (urns: readonly string[]) => urns.filter((urn) => !lost.has(urn));
  state.deployment.resources = resources
    .filter(({ urn }) => !lost.has(urn))
    .map(({ dependencies, propertyDependencies, ...rest }) => ({
      ...rest,
      dependencies: kept(dependencies ?? []),
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies ?? {}).map(([name, urns]) => [name, kept(urns ?? [])]),
      ),
    }));
  await writeFile(file, JSON.stringify(state));
  await must(project.pulumi("stack", "import", "--stack", stack, "--file", file));
  return lost.size;
}
