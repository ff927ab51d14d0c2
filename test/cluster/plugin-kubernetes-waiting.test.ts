import type { V1ConfigMap, V1Job } from "@kubernetes/client-node";
import * as k8s from "@pulumi/kubernetes";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { changesOf, failureOf, kubernetesStack } from "./support/kubernetes-stack.ts";
import { Objects } from "./support/objects.ts";

// What the kubernetes plugin waits for, and what comes of a wait in vain: held against a real API server by the real engine.

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

function deployment(namespace: string, image: string, annotations: Record<string, string> = {}) {
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "web", image }] } };
  return (options: { provider: k8s.Provider }) => {
    const metadata = { name: "web", namespace, annotations };
    new k8s.apps.v1.Deployment("web", { metadata, spec: { selector: { matchLabels: labels }, template } }, options);
  };
}

function job(namespace: string, image: string) {
  return (options: { provider: k8s.Provider }) => {
    const metadata = { name: "gate", namespace, annotations: { "pulumi.com/replaceUnready": "true" } };
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "gate", image }] } };
    new k8s.batch.v1.Job("gate", { metadata, spec: { backoffLimit: 0, template } }, options);
  };
}

test("a Job that fails ends the wait with its reason, is kept, and runs again in the next update when it asks for it", async () => {
  const namespace = await newNamespace("failing-job");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const reference = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "gate", namespace } };
  const failing = run(job(namespace, "registry.test/gate-test-fail:1"));
  expect(await failureOf(failing.up())).toContain("[BackoffLimitExceeded] Job has reached the specified backoff limit");
  const first = await objects.get<V1Job>(reference);
  expect(changesOf((await failing.preview()).changeSummary)).toEqual({ replace: 1 });
  await failureOf(failing.up());
  const second = await objects.get<V1Job>(reference);
  expect(second?.metadata?.uid).not.toBe(first?.metadata?.uid);
  await run(job(namespace, "registry.test/gate:1")).up();
});

test("a Deployment that does not become ready fails in its time, says why, is kept, and is mended by the next update", async () => {
  const namespace = await newNamespace("crashing");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const failing = run(deployment(namespace, "registry.test/web-test-fail:1", { "pulumi.com/timeoutSeconds": "3" }));
  const failure = await failureOf(failing.up());
  expect(failure).toContain("'web' timed out waiting to be Ready");
  expect(failure).toContain("Minimum number of live Pods was not attained");
  expect(failure).toContain("[CrashLoopBackOff] back-off 40s restarting failed container");
  const mended = run(deployment(namespace, "registry.test/web:1", { "pulumi.com/timeoutSeconds": "30" }));
  expect(changesOf((await mended.up()).summary.resourceChanges)).toEqual({ update: 1 });
  expect(changesOf((await mended.preview()).changeSummary)).toEqual({});
});

test("an object with `pulumi.com/skipAwait`, and a Deployment without replicas, are ready at once", async () => {
  const namespace = await newNamespace("not-awaited");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const skips = { "pulumi.com/skipAwait": "true", "pulumi.com/timeoutSeconds": "600" };
  await run((options) => {
    deployment(namespace, "registry.test/web-test-never-ready:1", skips)(options);
    const labels = { app: "idle" };
    const template = {
      metadata: { labels },
      spec: { containers: [{ name: "idle", image: "registry.test/idle-test-fail:1" }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: labels }, template };
    new k8s.apps.v1.Deployment("idle", { metadata: { name: "idle", namespace }, spec }, options);
  }).up();
});

test("what `pulumi.com/waitFor` asks is waited for, through a time without an API server", async () => {
  const namespace = await newNamespace("asked-for");
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const reference = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace } };
  const waitFor = '["jsonpath={.data.ready}=yes", "jsonpath={.metadata.labels.seen}"]';
  let ended = false;
  const running = run((options) => {
    const metadata = { name: "settings", namespace, annotations: { "pulumi.com/waitFor": waitFor } };
    new k8s.core.v1.ConfigMap("settings", { metadata, data: { a: "1" } }, options);
  })
    .up()
    .finally(() => {
      ended = true;
    });
  await objects.wait<V1ConfigMap>(reference, (live) => live !== undefined);
  await cluster.apiServer.stop();
  await cluster.apiServer.start();
  await objects.patch(reference, { data: { ready: "yes" } });
  expect(ended).toBe(false);
  await objects.patch(reference, { metadata: { labels: { seen: "yes" } } });
  await running;
});

test("a run that is cancelled ends its waits, and keeps what is there", async () => {
  const namespace = await newNamespace("cancelled");
  const { with: run, stateFile } = await kubernetesStack(cluster.kubeconfig);
  const cancel = new AbortController();
  const stack = run(deployment(namespace, "registry.test/web-test-never-ready:1"));
  const cancelOnceWaiting = (output: string) => {
    if (output.includes("Waiting for app ReplicaSet")) cancel.abort();
  };
  const failure = failureOf(stack.up({ signal: cancel.signal, onOutput: cancelOnceWaiting }));
  expect(await failure).toContain('Resource operation was cancelled for "web"');
  expect(await stateFile()).toContain('"id":"cancelled/web"');
});
