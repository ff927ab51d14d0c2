import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { run } from "../../tools/run.ts";
import type { Cluster } from "./cluster.ts";
import { kubectlPath } from "./programs.ts";
import { readRecord } from "./record.ts";
import { startCluster } from "./start-cluster.ts";
import { busyboxPod } from "./support/busybox-pod.ts";
import { Objects } from "./support/objects.ts";
import { answerOfPort } from "./support/port-answer.ts";
import { deployment, isPodReady, restrictedNamespace, service } from "./support/workloads.ts";

let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  const started = Date.now();
  cluster = await startCluster({ node: true, crds: false, onProgress: (line) => console.log(line) });
  console.log(`The cluster was up after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  objects = new Objects(cluster.kubeconfig);
});

afterAll(() => cluster?.stop());

test("a restricted pod runs and gets ready, and a Service leads to it by its name", async () => {
  await objects.create(restrictedNamespace("careful"));
  const serve = "echo served > /tmp/index.html && echo serving && exec httpd -f -p 8080 -h /tmp";
  const readinessProbe = { httpGet: { port: 8080, path: "/" }, periodSeconds: 1 };
  await objects.create(busyboxPod("web", "careful", serve, { container: { readinessProbe } }));
  await untilPod("web", "careful", isPodReady);
  await objects.create(service("web", "careful"));
  await objects.create(busyboxPod("asks", "default", "wget -q -O - http://web.careful.svc.cluster.local"));
  expect(await outputOf("asks")).toBe("served\n");
});

test("kubectl shows a pod's log and runs commands in it", async () => {
  const kubectl = async (...args: string[]) =>
    await run(await kubectlPath(), ["--kubeconfig", cluster.kubeconfig, "--namespace", "careful", ...args]);
  expect(await kubectl("logs", "web")).toBe("serving\n");
  expect(await kubectl("exec", "web", "--", "cat", "/tmp/index.html")).toBe("served\n");
});

test("a port of a pod is forwarded through the API", async () => {
  await objects.create(busyboxPod("says", "default", "echo hello from the pod | nc -l -p 7233"));
  await untilPod("says", "default", isPodReady);
  expect(await answerOfPort(configuration(), "says", 7233)).toBe("hello from the pod\n");
});

test("a pod reaches the API server with its own token", async () => {
  const token = "$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)";
  const ask = `wget -q --no-check-certificate --header "Authorization: Bearer ${token}" -O - https://kubernetes.default/version`;
  await objects.create(busyboxPod("asks-api", "default", ask));
  expect(await outputOf("asks-api")).toContain("v1.34.4");
});

test("a pod finds its claimed volume", async () => {
  const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "default" } };
  const resources = { requests: { storage: "1Gi" } };
  await objects.create({ ...claim, spec: { accessModes: ["ReadWriteOnce"], resources } });
  const settings = { volume: { persistentVolumeClaim: { claimName: "data" } } };
  await objects.create(busyboxPod("writes", "default", "echo kept > /tmp/file", settings));
  expect(await outputOf("writes")).toBe("");
  await objects.create(busyboxPod("reads", "default", "cat /tmp/file", settings));
  expect(await outputOf("reads")).toBe("kept\n");
});

test("an image that is nowhere is told so", async () => {
  await objects.create(deployment("lost", "127.0.0.1:1/lost:1"));
  await expect
    .poll(async () => await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { labels: "app=lost" }), {
      timeout: 60_000,
    })
    .toMatchObject([{ status: { containerStatuses: [{ state: { waiting: { reason: "ErrImagePull" } } }] } }]);
});

test("another one runs beside it, and goes alone", async () => {
  const other = await startCluster({ node: true, crds: false });
  onTestFinished(() => other.stop());
  const apart = busyboxPod("apart", "default", "echo apart");
  const elsewhere = new Objects(other.kubeconfig);
  await elsewhere.create(apart);
  await elsewhere.wait<V1Pod>(apart, (found) => found?.status?.phase === "Succeeded");
  await other.stop();
  await objects.create(busyboxPod("stays", "default", "wget -q -O - http://web.careful.svc.cluster.local"));
  expect(await outputOf("stays")).toBe("served\n");
});

test("nothing of it is left behind", async () => {
  const names = [cluster.folder, (await readRecord(cluster.folder))?.network.namespace ?? "none"];
  expect(await traces(names)).not.toEqual([]);
  await cluster.stop();
  expect(await traces(names)).toEqual([]);
});

/** What of this machine holds a name: processes, mounts, control groups, networks. */
async function traces(names: readonly string[]): Promise<string[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    processes.map(async (pid) => {
      const read = (file: string) => readFile(path.join("/proc", pid, file), "utf8").catch(() => "");
      return [await read("cmdline"), await read("cgroup")];
    }),
  );
  const mounts = (await readFile("/proc/self/mounts", "utf8")).split("\n");
  const texts = [...commands.flat(), ...mounts, ...(await readdir("/run/netns"))];
  return texts.filter((text) => names.some((name) => text.includes(name)));
}

function configuration(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  return config;
}

async function untilPod(name: string, namespace: string, isSo: (pod: V1Pod) => boolean): Promise<void> {
  const reference = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
  await objects.wait<V1Pod>(reference, (found) => found !== undefined && isSo(found));
}

/** What a pod of the namespace `default` has printed once it has ended well. */
async function outputOf(name: string): Promise<string> {
  await untilPod(name, "default", ({ status }) => status?.phase === "Succeeded");
  return await configuration().makeApiClient(CoreV1Api).readNamespacedPodLog({ name, namespace: "default" });
}
