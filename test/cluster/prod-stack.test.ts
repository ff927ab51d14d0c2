import type { V1Job } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExampleStack, lastOf, openExampleStack } from "./support/example-stack.ts";
import { keptOfThree } from "./support/three-algorithms.ts";
import { restrictedNamespace } from "./support/workloads.ts";

let prod: ExampleStack;

beforeAll(async () => {
  prod = await openExampleStack("prod");
});

afterAll(async () => prod?.close());

test("the stack `prod` that comes with the repository is Temporal's services, its namespaces through the cluster's API, and the algorithms on them; it goes as it came", async () => {
  const { objects } = prod;
  await objects.create(restrictedNamespace("temporal"));
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "temporal-database", namespace: "temporal" } };
  await objects.create({ ...secret, stringData: { password: "unused" } });

  await prod.up();
  expect(await prod.serverParts()).toMatchInlineSnapshot(`
    [
      "temporal-frontend 2/2",
      "temporal-history 3/3",
      "temporal-matching 2/2",
      "temporal-ui 1/1",
      "temporal-worker 2/2",
    ]
  `);
  const [schema] = await objects.list<V1Job>({ apiVersion: "batch/v1", kind: "Job" }, { namespace: "temporal" });
  expect(schema?.status?.succeeded).toBe(1);

  expect(lastOf(await prod.down())).toMatchInlineSnapshot(
    `"Everything is down, in …. Kept: the Temporal namespaces \`speech\` with their histories, as far as Temporal's own database stays. Kept in the cluster: Namespace \`vision\`, PersistentVolumeClaim \`ocr-state\`."`,
  );
  await expect.poll(prod.left, { timeout: 30_000 }).toEqual([...keptOfThree]);
});
