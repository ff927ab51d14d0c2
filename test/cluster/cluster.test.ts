import net from "node:net";
import { CoreV1Api, KubeConfig, type V1Deployment, type V1Job, type V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "../../tools/run.ts";
import type { Cluster } from "./cluster.ts";
import { deadComponents } from "./cluster.ts";
import { kubectlPath } from "./programs.ts";
import { readRecord } from "./record.ts";
import { startCluster } from "./start-cluster.ts";
import { Objects } from "./support/objects.ts";
import { answerOfPort } from "./support/port-answer.ts";
import { deployment, job, pod, restrictedNamespace } from "./support/workloads.ts";

const server = net.createServer((socket) => socket.end("hello from the host\n"));
let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const started = Date.now();
  cluster = await startCluster({ portForwards: [{ port: 7233, address: serverAddress() }] });
  console.log(`The cluster was up after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  objects = new Objects(cluster.kubeconfig);
});

afterAll(async () => {
  await cluster?.stop();
  server.close();
});

test("a pod that is not restricted is refused where only restricted ones are let in", async () => {
  await objects.create(restrictedNamespace("careful"));
  await expect(objects.create(pod("open", "careful", { privileged: true }))).rejects.toMatchObject({
    status: 403,
    reason: "Forbidden",
    message: expect.stringContaining('violates PodSecurity "restricted:latest": privileged'),
  });
  // The namespace's own service account is made a moment after it.
  await objects.wait(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "careful" } },
    Boolean,
  );
  await objects.create(pod("closed", "careful"));
});

test("a field that the kind does not have is refused", async () => {
  const { spec, ...rest } = deployment("misspelt", "registry.test/a:1");
  await expect(objects.apply({ ...rest, spec: { ...Object(spec), replica: 1 } })).rejects.toThrow(
    "field not declared in schema",
  );
  await expect(objects.create({ ...rest, spec: { ...Object(spec), replica: 1 } })).rejects.toThrow(
    'unknown field "spec.replica"',
  );
});

test("nobody but those with leave may read Secrets", async () => {
  const review = (user: string) => ({
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    metadata: { name: "" },
    spec: { user, resourceAttributes: { verb: "list", resource: "secrets" } },
  });
  const answers = ["system:serviceaccount:default:default", "system:kube-controller-manager"]
    .map(review)
    .map(async (manifest) => {
      const { status } = await objects.create<{ status: { allowed: boolean } }>(manifest);
      return status.allowed;
    });
  expect(await Promise.all(answers)).toEqual([false, true]);
});

test("a Deployment gets ready, and its pods have a log", async () => {
  await objects.apply(deployment("good", "registry.test/good:1"));
  await objects.wait<V1Deployment>(deployment("good", ""), (found) => found?.status?.readyReplicas === 1);
  const api = configuration().makeApiClient(CoreV1Api);
  const log = await api.readNamespacedPodLog({ name: await podOf("good"), namespace: "default" });
  expect(log).toBe("No container runs here: this pod is played.\n");
});

test("kubectl, of the cluster's version, talks to it", async () => {
  const version = await run(await kubectlPath(), ["version", "--output=json", "--kubeconfig", cluster.kubeconfig]);
  const gitVersion = "v1.34.4";
  expect(JSON.parse(version)).toMatchObject({ clientVersion: { gitVersion }, serverVersion: { gitVersion } });
});

test("a Deployment's pod that is told to fail crashes", async () => {
  await objects.apply(deployment("crashes", "registry.test/a:1", { "test/fail": "true" }));
  await untilPodOf(
    "crashes",
    (found) => found.status?.containerStatuses?.[0]?.state?.waiting?.reason === "CrashLoopBackOff",
  );
});

test("a pod that is told never to become ready runs and is not ready", async () => {
  await objects.apply(deployment("unready", "registry.test/a-test-worker-never-ready:1"));
  await untilPodOf("unready", ({ status }) => status?.phase === "Running");
  const [found] = await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { labels: "app=unready" });
  expect(found?.status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({ status: "False" });
});

test("a Job completes", async () => {
  await objects.apply(job("completes", "registry.test/a-test-worker-never-ready:1"));
  await untilJobHas("completes", "Complete");
});

test("a Job that is told to fail fails", async () => {
  await objects.apply(job("fails", "registry.test/a-test-fail:1"));
  await untilJobHas("fails", "Failed");
});

test("a claim gets a volume", async () => {
  const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data", namespace: "default" } };
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  await objects.create({ ...claim, spec });
  await objects.wait<{ status: { phase: string } }>(claim, (found) => found?.status.phase === "Bound");
});

test("KEDA's and Prometheus' kinds are known", async () => {
  const scaleTargetRef = { name: "good" };
  const scaled = {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name: "good", namespace: "default" },
  };
  await expect(objects.apply({ ...scaled, spec: { scaleTargetRef } })).rejects.toThrow("spec.triggers: Required value");
  const triggers = [
    { type: "cron", metadata: { timezone: "UTC", start: "0 6 * * *", end: "0 20 * * *", desiredReplicas: "1" } },
  ];
  await objects.apply({ ...scaled, spec: { scaleTargetRef, triggers } });
  const metadata = { name: "good", namespace: "default" };
  const monitor = { apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata };
  await objects.apply({ ...monitor, spec: { selector: {}, podMetricsEndpoints: [{ port: "metrics" }] } });
});

test("a port of a pod is forwarded through the API to a server of this machine, and others when told so", async () => {
  await objects.apply(deployment("forwarded", "registry.test/a:1"));
  await objects.wait<V1Deployment>(deployment("forwarded", ""), (found) => found?.status?.readyReplicas === 1);
  expect(await answerOf("forwarded", 7233)).toBe("hello from the host\n");
  await cluster.forwardPorts([{ namespace: "default", port: 7234, address: serverAddress() }]);
  expect(await answerOf("forwarded", 7234)).toBe("hello from the host\n");
  expect(await answerOf("forwarded", 7233)).toContain("no forward found for port 7233");
});

test("objects outlive the API server, and controllers go on when it is back", async () => {
  await objects.apply(deployment("before", "registry.test/a:1"));
  await cluster.apiServer.stop();
  await expect(objects.get(deployment("before", ""))).rejects.toThrow(/ECONN(REFUSED|RESET)/);
  expect(await deadComponents(await record())).toEqual(["kube-apiserver"]);
  await cluster.apiServer.start();
  expect(await deadComponents(await record())).toEqual([]);
  await objects.wait<V1Deployment>(deployment("before", ""), (found) => found?.status?.readyReplicas === 1);
  await objects.apply(deployment("after", "registry.test/a:1"));
  await objects.wait<V1Deployment>(deployment("after", ""), (found) => found?.status?.readyReplicas === 1);
});

function configuration(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  return config;
}

function serverAddress(): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  return `127.0.0.1:${address.port}`;
}

async function answerOf(app: string, port: number): Promise<string> {
  return await answerOfPort(configuration(), await podOf(app), port);
}

async function podOf(app: string): Promise<string> {
  const [found] = await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { labels: `app=${app}` });
  return found?.metadata?.name ?? "";
}

async function record() {
  const found = await readRecord(cluster.folder);
  if (found === undefined) throw new Error("The cluster has a record.");
  return found;
}

async function untilPodOf(app: string, isSo: (pod: V1Pod) => boolean): Promise<void> {
  await expect
    .poll(
      async () => (await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { labels: `app=${app}` })).some(isSo),
      {
        timeout: 120_000,
      },
    )
    .toBe(true);
}

async function untilJobHas(name: string, condition: string): Promise<void> {
  await objects.wait<V1Job>(job(name, ""), (found) =>
    (found?.status?.conditions ?? []).some(({ type, status }) => type === condition && status === "True"),
  );
}
