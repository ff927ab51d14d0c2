import { readFile } from "node:fs/promises";
import { loadYaml } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { temporalSettingsSchema } from "../../components/kubernetes/temporal/settings.ts";
import { repository } from "../support/project.ts";

interface Deployment {
  readonly metadata: { readonly namespace: string };
  readonly spec: { readonly template: { readonly metadata: { readonly labels: Record<string, string> } } };
}

interface StackFile {
  readonly config: Readonly<Record<string, object>>;
}

/** The YAML in the README that speaks of `what`. */
async function snippet(what: string): Promise<StackFile> {
  const readme = await readFile(`${repository}README.md`, "utf8");
  const blocks = [...readme.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)];
  const found = blocks.find(([text]) => text.includes(what));
  if (!found) throw new Error(`The README has no YAML with \`${what}\`.`);
  return loadYaml<StackFile>((found[2] ?? "").replaceAll(new RegExp(`^${found[1]}`, "gm"), ""));
}

test("the README's settings let the example's workflow worker in, and nobody else of its namespace", async () => {
  const file = `${repository}examples/workflows/python/deployment.yaml`;
  const { metadata, spec } = loadYaml<Deployment>(await readFile(file, "utf8"));
  const { config } = await snippet("clients:");
  const required = { numHistoryShards: 512, postgres: { host: "db", password: { name: "db", key: "password" } } };
  const settings = temporalSettingsSchema.parse({ ...config["conduit:temporal"], ...required });
  expect(settings).toMatchObject({
    clients: [{ namespace: metadata.namespace, labels: spec.template.metadata.labels }],
  });
});

test("the README's settings for a Temporal that others run are settings", async () => {
  const { config } = await snippet("mode: external");
  expect(temporalSettingsSchema.parse(config["conduit:temporal"])).toMatchObject({
    mode: "external",
    apiKey: { name: "temporal-cloud", key: "api-key" },
  });
});
