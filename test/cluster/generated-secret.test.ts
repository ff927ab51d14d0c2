import type { V1Secret } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { objectMeta } from "../../components/kubernetes/metadata.ts";
import { UserError } from "../../errors.ts";
import { generatedSecretHandler as handler } from "../../providers/conduit/kubernetes/generated-secret.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { Objects } from "./support/objects.ts";

let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  cluster = await startCluster({ crds: false });
  objects = new Objects(cluster.kubeconfig);
  vi.stubEnv("KUBECONFIG", cluster.kubeconfig);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await cluster?.stop();
});

function wanted(name: string, stack = "conduit/prod") {
  return { metadata: objectMeta({ stack, name, namespace: "default", component: "postgres" }), key: "password" };
}

async function passwordIn(name: string): Promise<string> {
  const secret = await objects.get<V1Secret>({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: "default" },
  });
  return Buffer.from(secret?.data?.password ?? "", "base64").toString();
}

test("the value is in the cluster and nowhere else, and a create whose answer was lost finds it again", async () => {
  const inputs = wanted("made");
  const outputs = await handler.create(inputs);
  const value = await passwordIn("made");
  expect(value).toMatch(/^[-\w]{32}$/);
  expect(JSON.stringify(outputs)).not.toContain(value);
  await handler.create(inputs);
  expect(await passwordIn("made")).toBe(value);
  expect(await handler.read(outputs)).toEqual(outputs);
  expect(await handler.diff(outputs, inputs)).toEqual({ changes: false });
});

test("two Secrets have two values", async () => {
  await Promise.all([handler.create(wanted("one")), handler.create(wanted("two"))]);
  expect(await passwordIn("one")).not.toBe(await passwordIn("two"));
});

test("a Secret of somebody else is never taken over", async () => {
  await handler.create(wanted("theirs", "conduit/dev"));
  await expect(handler.create(wanted("theirs"))).rejects.toThrow(
    new UserError(
      "The Secret `theirs` of the Kubernetes namespace `default` is there already and is not this stack's. Name it in the " +
        "settings to use it as it is.",
    ),
  );
});

test("one that is gone is told so, and deleting it again is no error", async () => {
  const inputs = wanted("gone");
  await handler.create(inputs);
  await handler.delete(inputs);
  expect(await handler.read(inputs)).toBeUndefined();
  await handler.delete(inputs);
});
