import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExampleStack, lastOf, openExampleStack } from "./support/example-stack.ts";
import { keptOfThree } from "./support/three-algorithms.ts";

let dev: ExampleStack;

beforeAll(async () => {
  dev = await openExampleStack("dev");
});

afterAll(async () => dev?.close());

test("the stack `dev` that comes with the repository is Temporal's dev server and the algorithms on it; what goes leaves the histories' volume", async () => {
  await dev.up();
  expect(await dev.serverParts()).toEqual(["temporal-frontend 1/1"]);
  expect(lastOf(await dev.down())).toMatchInlineSnapshot(
    `"Everything is down, in …. Kept: the Temporal namespaces \`speech\` with their histories, as far as Temporal's own database stays. Kept in the cluster: Namespace \`temporal\`, Namespace \`vision\`, PersistentVolumeClaim \`ocr-state\`, PersistentVolumeClaim \`temporal-data\`."`,
  );
  const kept = [
    ...keptOfThree,
    "ConfigMap temporal/kube-root-ca.crt",
    "Namespace temporal",
    "PersistentVolume pvc-…",
    "PersistentVolumeClaim temporal/temporal-data",
    "ServiceAccount temporal/default",
  ];
  await expect.poll(dev.left, { timeout: 30_000 }).toEqual(kept.toSorted());
});
