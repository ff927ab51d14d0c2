import { rm } from "node:fs/promises";
import path from "node:path";
import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder } from "../support/folders.ts";
import type { Relay } from "../support/relay.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { busyboxPod } from "./support/busybox-pod.ts";
import { letNodePull } from "./support/let-node-pull.ts";
import { Objects } from "./support/objects.ts";
import { pushPythonImage } from "./support/python-image.ts";
import { type Registry, startRegistry } from "./support/registry.ts";

let folder: string;
let cluster: Cluster;
let registry: Registry;
let relay: Relay;

beforeAll(async () => {
  folder = await makeFolder();
  registry = await startRegistry(path.join(folder, "registry"));
  await pushPythonImage(registry);
  cluster = await startCluster({ node: true, crds: false, onProgress: (line) => console.log(line) });
  relay = await letNodePull(cluster, registry);
});

afterAll(async () => {
  await relay?.close();
  await cluster?.stop();
  await registry?.close();
  await rm(folder, { recursive: true, force: true });
});

test("a restricted pod runs Python out of an image that the node pulls from a registry of this machine", async () => {
  const objects = new Objects(cluster.kubeconfig);
  const image = `${registry.host}/python:3.11`;
  const command = ["python3", "-c", "import ssl, sqlite3, sys; print(sys.version_info[:2])"];
  const pod = busyboxPod("python", "default", "", { container: { image, command } });
  await objects.create(pod);
  await objects.wait<V1Pod>(pod, (found) => found?.status?.phase === "Succeeded");
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  expect(await api.readNamespacedPodLog({ name: "python", namespace: "default" })).toBe("(3, 11)\n");
});
