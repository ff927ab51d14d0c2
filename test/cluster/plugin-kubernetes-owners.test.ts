import type { V1ConfigMap, V1Deployment } from "@kubernetes/client-node";
import * as k8s from "@pulumi/kubernetes";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { changesOf, failureOf, kubernetesStack } from "./support/kubernetes-stack.ts";
import { Objects } from "./support/objects.ts";

// Who owns an object and its fields, as the kubernetes plugin sees it: held against a real API server by the real engine.

let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  cluster = await startCluster({ crds: false });
  objects = new Objects(cluster.kubeconfig);
});

afterAll(async () => cluster?.stop());

async function newNamespace(name: string): Promise<string> {
  await objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return name;
}

function settingsIn(namespace: string, data: Record<string, string>, annotations: Record<string, string> = {}) {
  return (options: { provider: k8s.Provider }) => {
    new k8s.core.v1.ConfigMap("settings", { metadata: { name: "settings", namespace, annotations }, data }, options);
  };
}

function settingsReference(namespace: string) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace } };
}

test("an object that is there is not taken over, and stays as it is", async () => {
  const namespace = await newNamespace("theirs");
  await objects.create({ ...settingsReference(namespace), data: { a: "theirs" } });
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const stack = run(settingsIn(namespace, { a: "ours" }));
  expect(changesOf((await stack.preview()).changeSummary)).toEqual({ create: 3 });
  expect(await failureOf(stack.up())).toContain('configmaps "settings" already exists');
  expect((await objects.get<V1ConfigMap>(settingsReference(namespace)))?.data).toEqual({ a: "theirs" });
});

test("a provider that may take over does so, except for fields that another manager applies", async () => {
  const namespace = await newNamespace("taken-over");
  await objects.apply({ ...settingsReference(namespace), data: { a: "theirs" } }, "someone");
  const { with: run } = await kubernetesStack(cluster.kubeconfig, { upsertExistingObjects: true });
  const failure = await failureOf(run(settingsIn(namespace, { a: "ours" })).up());
  expect(failure).toContain('Apply failed with 1 conflict: conflict with "someone": .data.a');
  await run(settingsIn(namespace, { b: "ours" })).up();
  const live = await objects.get<V1ConfigMap>(settingsReference(namespace));
  expect(live?.data).toEqual({ a: "theirs", b: "ours" });
});

test("an update reports the manager that owns a field, and takes the field over with `pulumi.com/patchForce`", async () => {
  const namespace = await newNamespace("conflicts");
  const { with: run } = await kubernetesStack(cluster.kubeconfig, { enableConfigMapMutable: true });
  await run(settingsIn(namespace, { a: "1" })).up();
  await objects.apply({ ...settingsReference(namespace), data: { a: "by hand" } }, "someone");
  const failure = await failureOf(run(settingsIn(namespace, { a: "2" })).up());
  expect(failure).toContain('Apply failed with 1 conflict: conflict with "someone": .data.a');
  expect((await objects.get<V1ConfigMap>(settingsReference(namespace)))?.data).toEqual({ a: "by hand" });
  const forced = run(settingsIn(namespace, { a: "2" }, { "pulumi.com/patchForce": "true" }));
  await forced.up();
  expect((await objects.get<V1ConfigMap>(settingsReference(namespace)))?.data).toEqual({ a: "2" });
  expect(changesOf((await forced.preview()).changeSummary)).toEqual({});
});

for (const upsertExistingObjects of [false, true]) {
  const way = upsertExistingObjects ? "applied" : "created";
  test(`a count that the program leaves out belongs to who scales, for a Deployment that was ${way}`, async () => {
    const namespace = await newNamespace(`scaled-${way}`);
    const { with: run } = await kubernetesStack(cluster.kubeconfig, { upsertExistingObjects });
    const reference = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace } };
    const web = (image: string) =>
      run((options) => {
        const labels = { app: "web" };
        const template = { metadata: { labels }, spec: { containers: [{ name: "web", image }] } };
        const spec = { selector: { matchLabels: labels }, template };
        new k8s.apps.v1.Deployment("web", { metadata: { name: "web", namespace }, spec }, options);
      });
    await web("registry.test/web:1").up();
    await objects.patch(reference, { spec: { replicas: 3 } });
    expect(changesOf((await web("registry.test/web:1").up({ refresh: true })).summary.resourceChanges)).toEqual({});
    await web("registry.test/web:2").up();
    expect((await objects.get<V1Deployment>(reference))?.spec?.replicas).toBe(3);
    await objects.patch(reference, { spec: { replicas: 0 } });
    await web("registry.test/web:3").up();
    const live = await objects.get<V1Deployment>(reference);
    expect(live?.spec?.replicas).toBe(0);
    expect(live?.spec?.template.spec?.containers[0]?.image).toBe("registry.test/web:3");
  });
}

test("a state that another plugin made is refused, and its objects stay", async () => {
  const namespace = await newNamespace("foreign");
  const { with: run } = await kubernetesStack(cluster.kubeconfig, { enableConfigMapMutable: true });
  const stack = run(settingsIn(namespace, { a: "1" }));
  await stack.up();
  const state = JSON.stringify(await stack.exportStack())
    .replaceAll(/"__standIn":true,?/g, "")
    .replaceAll(",}", "}");
  await stack.importStack(JSON.parse(state));
  const refusal = "was made by another kubernetes plugin, so the stand-in of the tests does not touch it";
  expect(await failureOf(run(settingsIn(namespace, { a: "2" })).up())).toContain(refusal);
  expect(await failureOf(stack.refresh())).toContain(refusal);
  expect(await failureOf(stack.destroy())).toContain(refusal);
  expect((await objects.get<V1ConfigMap>(settingsReference(namespace)))?.data).toEqual({ a: "1" });
});

test("an object is imported as it is, and belongs to the stack from then on", async () => {
  const namespace = await newNamespace("imported");
  await objects.create({ ...settingsReference(namespace), data: { a: "1" } });
  const { with: run } = await kubernetesStack(cluster.kubeconfig, { enableConfigMapMutable: true });
  const settings = (a: string, more: object) =>
    run((options) => {
      const metadata = { name: "settings", namespace };
      new k8s.core.v1.ConfigMap("settings", { metadata, data: { a } }, { ...options, ...more });
    });
  const imported = await settings("1", { import: `${namespace}/settings` }).up();
  expect(changesOf(imported.summary.resourceChanges)).toEqual({ create: 2, import: 1 });
  expect(changesOf((await settings("1", {}).preview()).changeSummary)).toEqual({});
});

test("what only the official plugin has is refused by name", async () => {
  const namespace = await newNamespace("unsupported");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const patch = run((options) => {
    new k8s.core.v1.ConfigMapPatch("patch", { metadata: { name: "settings", namespace }, data: {} }, options);
  });
  expect(await failureOf(patch.preview())).toContain("has no `kubernetes:core/v1:ConfigMapPatch`");
  const release = run((options) => {
    new k8s.helm.v3.Release("keda", { chart: "keda" }, options);
  });
  expect(await failureOf(release.preview())).toContain("has no `kubernetes:helm.sh/v3:Release`");
  const chart = run((options) => {
    new k8s.helm.v4.Chart("keda", { chart: "keda" }, options);
  });
  expect(await failureOf(chart.preview())).toContain("has no `kubernetes:helm.sh/v4:Chart`");
});
