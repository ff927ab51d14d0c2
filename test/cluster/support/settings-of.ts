import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadYaml } from "@kubernetes/client-node";
import { z } from "zod";
import { repository } from "../../support/project.ts";

const yaml = z.object({ config: z.record(z.string(), z.unknown()) });

/** The settings of a stack that comes with the repository, by their names without `conduit:`. */
export async function settingsOf(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path.join(repository, "stacks", `Pulumi.${stack}.yaml`), "utf8");
  const { config } = yaml.parse(loadYaml(text));
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name.replace(/^conduit:/, ""), value]));
}
