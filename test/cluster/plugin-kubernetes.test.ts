import type { V1ConfigMap, V1Deployment, V1Job, V1Secret } from "@kubernetes/client-node";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { changesOf, failureOf, kubernetesStack } from "./support/kubernetes-stack.ts";
import { Objects } from "./support/objects.ts";

// What the program relies on in the kubernetes plugin, held against a real API server by the real engine.

let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  cluster = await startCluster({ crds: false });
  objects = new Objects(cluster.kubeconfig);
});

afterAll(async () => cluster?.stop());

const configMap = { apiVersion: "v1", kind: "ConfigMap" };
const deployment = { apiVersion: "apps/v1", kind: "Deployment" };

async function newNamespace(name: string): Promise<string> {
  await objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return name;
}

function web(image = "registry.test/web:1", more: object = {}) {
  const labels = { app: "web" };
  const resources = { limits: { cpu: "1000m", memory: "0.5Gi" } };
  const containers = [{ name: "web", image, resources, args: [], env: [{ name: "EMPTY", value: "" }] }];
  return { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, ...more };
}

test("a preview asks the server, an update makes what it showed, and a second preview and a refresh find no change", async () => {
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const stack = run((options) => {
    const namespace = new k8s.core.v1.Namespace("life", { metadata: { name: "life" } }, options).metadata.name;
    new k8s.core.v1.ConfigMap("settings", { metadata: { namespace }, data: { a: "1" } }, options);
    new k8s.apps.v1.Deployment("web", { metadata: { name: "web", namespace }, spec: web() }, options);
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    new k8s.rbac.v1.ClusterRole("reader", { metadata: { name: "reader" }, rules }, options);
  });
  expect(changesOf((await stack.preview()).changeSummary)).toEqual({ create: 6 });
  await stack.up();
  expect(changesOf((await stack.preview()).changeSummary)).toEqual({});
  await stack.refresh({ expectNoChanges: true });
  const maps = await objects.list<V1ConfigMap>(configMap, { namespace: "life" });
  expect(maps.map(({ data }) => data)).toContainEqual({ a: "1" });
  await stack.destroy();
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "life" } };
  expect(await objects.get(namespace)).toBeUndefined();
});

test("an autonamed object keeps its name, and one whose data is not mutable is replaced under a new one", async () => {
  const namespace = await newNamespace("names");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const settings = (value: string) =>
    run((options) => {
      const map = new k8s.core.v1.ConfigMap("settings", { metadata: { namespace }, data: { value } }, options);
      return { name: map.metadata.name };
    });
  const first = (await settings("1").up()).outputs.name?.value;
  expect(first).toMatch(/^settings-[0-9a-f]{8}$/);
  expect((await settings("1").up()).outputs.name?.value).toBe(first);
  const { outputs, summary } = await settings("2").up();
  expect(changesOf(summary.resourceChanges)).toEqual({ replace: 1 });
  expect(outputs.name?.value).not.toBe(first);
  expect(await objects.get({ ...configMap, metadata: { name: first, namespace } })).toBeUndefined();
});

test("an object with its own name is deleted before its replacement is made, and a mutable one is updated", async () => {
  const namespace = await newNamespace("replaced");
  const { with: run } = await kubernetesStack(cluster.kubeconfig, { enableConfigMapMutable: true });
  const both = (value: string) =>
    run((options) => {
      new k8s.core.v1.ConfigMap("settings", { metadata: { name: "settings", namespace }, data: { value } }, options);
      const spec = {
        template: {
          spec: { restartPolicy: "Never", containers: [{ name: "gate", image: `registry.test/gate:${value}` }] },
        },
      };
      new k8s.batch.v1.Job("gate", { metadata: { name: "gate", namespace }, spec }, options);
    });
  await both("1").up();
  const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "gate", namespace } };
  const before = await objects.get<V1Job>(job);
  expect(changesOf((await both("2").up()).summary.resourceChanges)).toEqual({ update: 1, replace: 1 });
  expect((await objects.get<V1Job>(job))?.metadata?.uid).not.toBe(before?.metadata?.uid);
  expect(changesOf((await both("2").preview()).changeSummary)).toEqual({});
});

test("a field that the kind does not have is refused, in the preview already", async () => {
  const namespace = await newNamespace("strict");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const stack = run((options) => {
    const spec = { ...web(), replica: 1 };
    new k8s.apps.v1.Deployment("web", { metadata: { name: "web", namespace }, spec }, options);
  });
  expect(await failureOf(stack.preview())).toContain('strict decoding error: unknown field "spec.replica"');
});

test("a field changed by hand is found by a refresh, and put right by an update that may force its fields", async () => {
  const namespace = await newNamespace("drift");
  const { with: run } = await kubernetesStack(cluster.kubeconfig, { enablePatchForce: true });
  const reference = { ...deployment, metadata: { name: "web", namespace } };
  const stack = run((options) => {
    new k8s.apps.v1.Deployment("web", { metadata: { name: "web", namespace }, spec: web() }, options);
  });
  await stack.up();
  await objects.patch(reference, { metadata: { labels: { mine: "yes" } }, spec: { minReadySeconds: 1 } });
  expect(changesOf((await stack.previewRefresh()).changeSummary)).toEqual({});
  const containers = [{ name: "web", image: "registry.test/other:1" }];
  await objects.patch(reference, { spec: { template: { spec: { containers } } } });
  expect((await stack.previewRefresh()).stdout).toMatch(/Deployment web update \[diff: ~spec\]/);
  expect(changesOf((await stack.up()).summary.resourceChanges)).toEqual({});
  expect(changesOf((await stack.up({ refresh: true })).summary.resourceChanges)).toEqual({ update: 1 });
  const live = await objects.get<V1Deployment>(reference);
  expect(live?.spec?.template.spec?.containers.map(({ image }) => image)).toEqual(["registry.test/web:1"]);
  expect(live?.metadata?.labels).toEqual({ mine: "yes" });
});

test("an object that is gone is made again after a refresh", async () => {
  const namespace = await newNamespace("gone");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const stack = run((options) => {
    new k8s.core.v1.ConfigMap("settings", { metadata: { name: "settings", namespace }, data: { a: "1" } }, options);
  });
  await stack.up();
  await objects.delete({ ...configMap, metadata: { name: "settings", namespace } });
  expect(changesOf((await stack.refresh()).summary.resourceChanges)).toEqual({ delete: 1 });
  expect(changesOf((await stack.up()).summary.resourceChanges)).toEqual({ create: 1 });
});

test("a secret is in the object, and neither in the state nor in what the engine prints", async () => {
  const namespace = await newNamespace("secrets");
  const { with: run, stateFile } = await kubernetesStack(cluster.kubeconfig);
  const value = "plant-4711-plant";
  const stack = run((options) => {
    const metadata = { name: "key", namespace };
    new k8s.core.v1.Secret("key", { metadata, stringData: { password: value } }, options);
    const data = { password: pulumi.secret(value), other: "plain-text" };
    new k8s.core.v1.ConfigMap("settings", { metadata: { ...metadata, name: "settings" }, data }, options);
  });
  const preview = await stack.preview({ diff: true });
  const { stdout } = await stack.up({ diff: true });
  const encoded = Buffer.from(value).toString("base64");
  const state = await stateFile();
  for (const text of [preview.stdout, stdout, state]) {
    expect(text).not.toContain(value);
    expect(text).not.toContain(encoded);
  }
  expect(state).toContain("plain-text");
  const key = await objects.get<V1Secret>({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "key", namespace },
  });
  expect(key?.data).toEqual({ password: encoded });
  expect(changesOf((await stack.preview()).changeSummary)).toEqual({});
});
