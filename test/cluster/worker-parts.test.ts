import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AlgorithmNamespace } from "../../components/kubernetes/algorithm-namespace.ts";
import { kubernetesWorker } from "../../components/kubernetes/kubernetes-worker.ts";
import { gpuTypesSettings } from "../../components/kubernetes/settings.ts";
import type { WorkerSite } from "../../components/kubernetes/worker-site.ts";
import type { Algorithm } from "../../registry/resolve.ts";
import { deployedOf, entryOf, siteOf } from "../components/kubernetes/support.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { Objects } from "./support/objects.ts";
import { testStack } from "./support/stack.ts";

// The parts of algorithms of every shape, by the real engine against a real API server.

const stackName = "platform/test";
const secret = { name: "temporal", key: "key" };
const tls = { ca: { name: "temporal-ca", key: "ca.crt" }, clientCertificate: "temporal-client" };
const gpuTypes = gpuTypesSettings.parse({
  default: {
    nodeSelector: { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB" },
    tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
  },
});
const site = siteOf({ stack: stackName, gpuTypes, pullSecrets: ["registry"], podStart: 5_000, scratch: 2 ** 30 });

/** One algorithm of each shape: its entry, what its repository asks for, and where it runs. */
const shapes = [
  {
    entry: entryOf({ env: { EMPTY: "", LANGUAGE: "en" }, secrets: { TOKEN: secret }, scaling: { min: 1 } }, "plain"),
  },
  {
    entry: entryOf({ identity: { annotations: { "cloud.test/role": "asr" } }, egress: { internet: true } }, "gpu"),
    asked: { gpu: 2 },
  },
  { entry: entryOf({ state: { size: "1Gi", mountPath: "/data" } }, "keeps") },
  { entry: entryOf({ state: { size: "1Gi", mountPath: "/tmp", sharing: "cache" } }, "caches") },
  { entry: entryOf({ source: { mock: "mocks/summarize.py" } }, "mocked") },
  { entry: entryOf({ lanes: { online: { scaling: { min: 1 } }, offline: { memory: "2Gi" } } }, "lanes") },
  {
    entry: entryOf({}, "authenticated"),
    site: { ...site, temporal: { address: "10.1.2.3:7233", tls, apiKey: secret } },
  },
  { entry: entryOf({ scaling: { min: 2 } }, "fixed"), site: { ...site, autoscaler: "none" as const } },
].map((shape) => ({ site, asked: {}, ...shape }));

let cluster: Cluster;
let objects: Objects;
let folder: string;
let stack: Stack;
/** What differs from one run to the next, of the algorithm `plain`. */
let plain: { image?: string; version?: string; asked?: object; site?: WorkerSite } = {};

class Parent extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("conduit:index:Algorithm", name, {}, opts);
    this.registerOutputs({});
  }
}

async function program(): Promise<void> {
  const provider = new k8s.Provider("kubernetes", { kubeconfig: cluster.kubeconfig, enableConfigMapMutable: true });
  const namespace = new AlgorithmNamespace(
    "speech",
    {
      ...{ stack: stackName, gpuTypes, temporal: [site.temporal.address], scrapedFrom: ["keda"] },
      ...{ quota: { pods: 100, gpu: 64 }, limitRange: { memory: 64 * 2 ** 30 } },
      namespace: { name: site.namespace, create: true, keys: ["speech"], owner: "asr" },
    },
    { provider },
  );
  for (const shape of shapes) {
    const { name } = shape.entry;
    const given = name === "plain" ? plain : {};
    const { asked = shape.asked, site: place = shape.site, ...changed } = given;
    const deployed = { ...deployedOf(shape.entry, { timeouts: { startup: "20s" }, ...asked }), ...changed };
    const mock = shape.entry.source.kind === "mock" ? { file: "summarize.py", text: "pass" } : undefined;
    kubernetesWorker(
      name,
      { entry: shape.entry, site: place, deployed, mock, after: [namespace] },
      new Parent(name, { provider }),
    );
  }
}

beforeAll(async () => {
  cluster = await startCluster();
  objects = new Objects(cluster.kubeconfig);
  folder = await mkdtemp(path.join(tmpdir(), "conduit-worker-parts-"));
  stack = await testStack(program, { folder, plugins: ["kubernetes"] });
  await stack.up({ onOutput: () => undefined });
}, 300_000);

afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

function named(kind: string, name: string, apiVersion = "apps/v1") {
  return { apiVersion, kind, metadata: { name, namespace: site.namespace } };
}

interface Workload {
  spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
  status: { readyReplicas?: number };
}

function workloadOf({ name, state }: Pick<Algorithm, "name" | "state">, objectName = name) {
  return named(state?.sharing === "exclusive" ? "StatefulSet" : "Deployment", objectName);
}

test("Pod Security lets every pod in, and each gets ready", async () => {
  const asked = shapes.flatMap(({ entry }) => entry.lanes.map((lane) => workloadOf(entry, lane.objectName)));
  const ready = await Promise.all(asked.map(async (workload) => (await objects.get<Workload>(workload))?.status));
  expect(ready.map((status) => status?.readyReplicas)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2]);
});

test("a second update, and a look at the cluster, find nothing to change", async () => {
  const preview = await stack.preview({ expectNoChanges: true });
  expect(Object.keys(preview.changeSummary)).toEqual(["same"]);
  const refreshed = await stack.refresh({ expectNoChanges: true });
  expect(Object.keys(refreshed.summary.resourceChanges ?? {})).toEqual(["same"]);
}, 120_000);

test("the number of workers is the autoscaler's: an update leaves it as it is", async () => {
  const worker = named("Deployment", "plain");
  await objects.patch(worker, { spec: { replicas: 3 } });
  const { summary } = await stack.up({ expectNoChanges: true });
  expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
  expect((await objects.get<Workload>(worker))?.spec.replicas).toBe(3);
}, 120_000);

test("a change of settings at the same version passes the gate anew, under the same name", async () => {
  const gate = named("Job", "plain-aaaaaaaaaaaa-bbbbbbbb", "batch/v1");
  const before = await objects.get<{ metadata: { uid: string } }>(gate);
  plain = { asked: { concurrency: 2 } };
  const { summary } = await stack.up();
  expect(summary.resourceChanges).toMatchObject({ replace: 1, update: 2 });
  const after = await objects.get<{ metadata: { uid: string } }>(gate);
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
}, 120_000);

test("a version that does not pass its gate is told by name, and never replaces the one that serves", async () => {
  const worker = named("Deployment", "plain");
  const before = await objects.get<Workload>(worker);
  const version = "cccccccccccc-dddddddd";
  plain = { asked: { concurrency: 2 }, version, image: "registry.test/plain-test-fail:1" };
  await expect(stack.up()).rejects.toThrow(`plain-${version}`);
  const after = await objects.get<Workload>(worker);
  expect(after?.spec.template).toEqual(before?.spec.template);
  plain = { ...plain, image: "registry.test/plain:2" };
  await stack.up();
  const repaired = await objects.get<Workload>(worker);
  expect(repaired?.spec.template.spec.containers[0]?.image).toBe("registry.test/plain:2");
}, 180_000);

test("without an autoscaler the number of workers is ours again, whoever scaled them before", async () => {
  const worker = named("Deployment", "plain");
  plain = { ...plain, site: { ...site, autoscaler: "none" } };
  await stack.up();
  await objects.wait<Workload>(worker, (workload) => workload?.spec.replicas === 1);
  const scaler = named("ScaledObject", "plain", "keda.sh/v1alpha1");
  expect(await objects.get(scaler)).toBeUndefined();
}, 120_000);

test("nothing of it is left when the stack goes", async () => {
  await stack.destroy();
  await objects.wait(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: site.namespace } },
    (namespace) => namespace === undefined,
  );
}, 180_000);
