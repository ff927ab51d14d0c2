import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { KubeConfig, type V1Deployment, type V1EndpointSlice, type V1Pod } from "@kubernetes/client-node";
import { Client } from "@temporalio/client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { PortForward } from "../../components/temporal-access.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { withConnection } from "../../providers/conduit/temporal/connect.ts";
import { namespaceHandler } from "../../providers/conduit/temporal/namespace.ts";
import { PortForwards } from "../../providers/conduit/temporal/port-forward.ts";
import { isListening } from "../../tools/is-listening.ts";
import { makeFolder } from "../support/folders.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { Objects } from "./support/objects.ts";
import { deployment } from "./support/workloads.ts";

let cluster: Cluster;
let objects: Objects;
let local: LocalServer;
let folder = "";

const frontend: PortForward = { namespace: "default", service: "frontend", port: 7233 };
const target = { address: "frontend.default.svc:7233", portForward: frontend };

beforeAll(async () => {
  folder = await makeFolder();
  local = await startLocalServer();
  cluster = await startCluster({ crds: false, portForwards: [{ port: 7233, address: local.address }] });
  objects = new Objects(cluster.kubeconfig);
  await objects.apply(deployment("frontend", "registry.test/server:1"));
  await objects.apply(service("frontend", "frontend"));
  await untilReady("frontend");
}, 300_000);

afterAll(async () => {
  await cluster?.stop();
  await local?.takeDown();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

beforeEach(() => {
  vi.stubEnv("KUBECONFIG", cluster.kubeconfig);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a Temporal namespace is made, found unchanged and read through a Service of the cluster", async () => {
  const namespaces = namespaceHandler();
  const wanted = {
    ...target,
    temporalName: "speech",
    owner: "speech-platform",
    description: "Speech.",
    retentionSeconds: 72 * 3600,
    searchAttributes: {},
    adopt: false,
    deleteWithStack: false,
    managedBy: "project/stack",
  };
  const made = await namespaces.create(wanted);
  expect(made).toMatchObject({ namespaceId: expect.stringMatching(/^[-0-9a-f]{36}$/) });
  expect(await namespaces.diff(made, wanted)).toEqual({ changes: false });
  expect(await namespaces.read(made)).toEqual(made);
  expect(await namespaces.read({ ...made, temporalName: "unmade" })).toBeUndefined();
});

test("who wants the same way shares it, and it is closed when the last one is done", async () => {
  const forwards = new PortForwards();
  const [first, second] = await Promise.all([forwards.open(frontend), forwards.open({ ...frontend })]);
  expect(second.port).toBe(first.port);
  await first.close();
  await first.close();
  expect(await isListening(`127.0.0.1:${second.port}`)).toBe(true);
  await second.close();
  expect(await isListening(`127.0.0.1:${second.port}`)).toBe(false);
  const third = await forwards.open(frontend);
  expect(await isListening(`127.0.0.1:${third.port}`)).toBe(true);
  await third.close();
});

test("many connections at once get through, and large messages both ways", async () => {
  const forwards = new PortForwards();
  const text = "x".repeat(1_500_000);
  const round = async (number: number) =>
    withConnection(target, { milliseconds: 10_000, forwards }, async (connection) => {
      const { workflow } = new Client({ connection });
      const options = { taskQueue: "nobody", workflowId: `large-${number}`, args: [text] };
      const { events } = await (await workflow.start("echo", options)).fetchHistory();
      return events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data?.length;
    });
  const lengths = await Promise.all(Array.from({ length: 8 }, (_, number) => round(number)));
  expect(lengths).toEqual(Array(8).fill(text.length + 2));
});

test("when the pod goes away, the next connection goes to another", async () => {
  const forward = await new PortForwards().open(frontend);
  const ask = () =>
    withConnection({ address: `127.0.0.1:${forward.port}` }, { milliseconds: 5000 }, async ({ workflowService }) =>
      workflowService.getSystemInfo({}),
    );
  try {
    await ask();
    const [before] = await podsOf("frontend");
    await objects.delete({ apiVersion: "v1", kind: "Pod", metadata: { name: before ?? "", namespace: "default" } });
    await expect.poll(() => podsOf("frontend"), { timeout: 30_000 }).not.toContain(before);
    await untilReady("frontend");
    expect(await ask()).toMatchObject({ serverVersion: expect.any(String) });
  } finally {
    await forward.close();
  }
}, 90_000);

test("a context, a Service and a port that are not there are told with what there is", async () => {
  const forwards = new PortForwards();
  await expect(forwards.open({ ...frontend, context: "production" })).rejects.toThrow(
    "The kubeconfig of this machine has no context `production`.",
  );
  const context = contextName();
  await expect(forwards.open({ ...frontend, service: "backend" })).rejects.toThrow(
    `The cluster of the context \`${context}\` has no Service \`backend\` in the Kubernetes namespace \`default\`. ` +
      "Correct the name or the context, or let `up` make it.",
  );
  await expect(forwards.open({ ...frontend, port: 80 })).rejects.toThrow(
    "The Service `frontend` in the Kubernetes namespace `default` has no port 80. Choose from 7233.",
  );
});

test("without a kubeconfig, and with a cluster that does not answer, the error says what to do", async () => {
  vi.stubEnv("KUBECONFIG", path.join(folder, "none"));
  await expect(new PortForwards().open(frontend)).rejects.toThrow("The kubeconfig cannot be read: ");
  const config = configuration();
  config.clusters[0].cluster.server = "https://127.0.0.1:1";
  vi.stubEnv("KUBECONFIG", await kubeconfig("gone", config));
  await expect(new PortForwards().open(frontend)).rejects.toThrow(
    `The cluster of the context \`${config["current-context"]}\`, \`https://127.0.0.1:1\`, does not answer: ECONNREFUSED. ` +
      "Check that it runs and can be reached from here, or choose another context.",
  );
});

test("a user who may not is told which verb is missing, one after the other", async () => {
  const config = configuration();
  config.users[0].user.as = "ci";
  vi.stubEnv("KUBECONFIG", await kubeconfig("ci", config));
  const lacks = (what: string) =>
    `The user \`ci\` of the context \`${config["current-context"]}\` lacks the verb ${what} in the Kubernetes namespace ` +
    "`default`. Give it a Role that has it.";
  const forwards = new PortForwards();
  await expect(forwards.open(frontend)).rejects.toThrow(lacks("`get` on `services`"));
  await allow("services", [{ apiGroups: [""], resources: ["services"], verbs: ["get"] }]);
  await expect(forwards.open(frontend)).rejects.toThrow(lacks("`list` on `endpointslices.discovery.k8s.io`"));
  await allow("slices", [{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] }]);
  await expect(withConnection(target, { milliseconds: 2000 }, async () => true)).rejects.toThrow(
    /^Temporal at `frontend.default.svc:7233` cannot be reached through the cluster. The Kubernetes API does not let a port-forward to the pod `frontend-[-0-9a-z]+` be opened. Give this user the verbs `get` and `create` on `pods\/portforward` in the Kubernetes namespace `default`.$/,
  );
  await allow("forwards", [{ apiGroups: [""], resources: ["pods/portforward"], verbs: ["get", "create"] }]);
  expect(await withConnection(target, { milliseconds: 5000 }, async () => true)).toBe(true);
}, 60_000);

test("a Service without a ready pod names the Deployment and the log command; a pod that gets ready in time is waited for", async () => {
  await objects.apply(deployment("slow", "registry.test/a-test-worker-never-ready:1"));
  await objects.apply(service("slow", "slow"));
  const slow = { ...frontend, service: "slow" };
  const started = performance.now();
  const context = contextName();
  await expect(new PortForwards().open(slow, 1)).rejects.toThrow(
    "No pod behind the Service `slow`, of the Deployment `slow`, in the Kubernetes namespace `default` is ready. " +
      `See why: \`kubectl --context ${context} --namespace default logs deployment/slow --all-containers\`.`,
  );
  expect(performance.now() - started).toBeGreaterThan(1000);
  const forwards = new PortForwards();
  const impatient = forwards.open(slow);
  const opened = forwards.open(slow, 30);
  await expect(impatient).rejects.toThrow("is ready");
  await objects.apply(deployment("slow", "registry.test/server:1"));
  await (await opened).close();
}, 60_000);

function service(name: string, app: string) {
  const spec = { selector: { app }, ports: [{ name: "rpc", port: 7233, targetPort: 7233 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "default" }, spec };
}

/** Until the Deployment's pods, and no older ones, are in the Service's slices. */
async function untilReady(name: string): Promise<void> {
  await objects.wait<V1Deployment>(deployment(name, ""), (found) => found?.status?.readyReplicas === 1);
  const slices = async () => {
    const kind = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" };
    const found = await objects.list<V1EndpointSlice>(kind, { labels: `kubernetes.io/service-name=${name}` });
    return found.flatMap(({ endpoints = [] }) => endpoints.map(({ targetRef }) => targetRef?.name));
  };
  const isSettled = async () => {
    const [listed, pods] = [await slices(), await podsOf(name)];
    return pods.length === 1 && JSON.stringify(listed) === JSON.stringify(pods);
  };
  await eventually(isSettled, { seconds: 30 });
}

async function podsOf(app: string): Promise<(string | undefined)[]> {
  const found = await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { labels: `app=${app}` });
  return found.map(({ metadata }) => metadata?.name);
}

function contextName(): string {
  return configuration()["current-context"];
}

/** The kubeconfig of the cluster, to be changed. */
function configuration() {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  return JSON.parse(config.exportConfig());
}

async function kubeconfig(name: string, config: object): Promise<string> {
  const file = path.join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Lets the user `ci` do something. */
async function allow(name: string, rules: object[]): Promise<void> {
  const metadata = { name, namespace: "default" };
  const group = "rbac.authorization.k8s.io";
  await objects.apply({ apiVersion: `${group}/v1`, kind: "Role", metadata, rules });
  const subjects = [{ kind: "User", name: "ci", apiGroup: group }];
  const roleRef = { kind: "Role", name, apiGroup: group };
  await objects.apply({ apiVersion: `${group}/v1`, kind: "RoleBinding", metadata, subjects, roleRef });
}
