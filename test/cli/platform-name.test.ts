import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { platformName } from "../../cli/platform-name.ts";
import { makeFolder } from "../support/folders.ts";

test("the platform is what the stack's file of settings says, wherever the project keeps it", async () => {
  const root = await makeFolder();
  const file = (name: string, text: string) => writeFile(path.join(root, name), text);
  await mkdir(path.join(root, "stacks"));
  await file("Pulumi.yaml", "name: platform\nruntime: nodejs\nstackConfigDir: stacks\n");
  await file(
    "stacks/Pulumi.prod.yaml",
    "config:\n  # conduit:platform: local\n  conduit:platform: kubernetes # a cluster\n",
  );
  await file("stacks/Pulumi.dev.yaml", 'config:\n  "conduit:platform": "kubernetes"\n');
  await file("stacks/Pulumi.json.yaml", '{"config":{"conduit:platform":"kubernetes"}}');
  await file("stacks/Pulumi.off.yaml", "config:\n  # conduit:platform: kubernetes\n  conduit:uiPort: 8000\n");
  await file("Pulumi.root.yaml", "config:\n  conduit:platform: kubernetes\n");
  const found = async (stack: string) => platformName({ root, stack });
  expect(await Promise.all(["prod", "dev", "json", "team/platform/prod"].map(found))).toEqual(
    Array(4).fill("kubernetes"),
  );
  expect(await Promise.all(["off", "root", "missing"].map(found))).toEqual(Array(3).fill("local"));
  await file("Pulumi.yaml", "name: platform\nruntime: nodejs\n");
  expect(await found("root")).toBe("kubernetes");
});
