import { writeFile } from "node:fs/promises";
import path from "node:path";
import type {
  CoreV1Event,
  V1Deployment,
  V1Namespace,
  V1Pod,
  V1ResourceQuota,
  V1StatefulSet,
} from "@kubernetes/client-node";
import { Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { anotherMachine } from "./support/another-machine.ts";
import { changesOf, stepText } from "./support/engine-steps.ts";
import { everyName, everyObject, nameOf, versionsOf } from "./support/every-object.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { clusterYaml, imageOf, keptOfThree, threeAlgorithms } from "./support/three-algorithms.ts";

let cluster: Cluster;
let server: LocalServer;
let project: KubernetesProject;
let objects: Objects;
let before: string[];

beforeAll(async () => {
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  objects = new Objects(cluster.kubeconfig);
  project = await makeKubernetesProject(cluster.kubeconfig);
  before = await everyName(cluster.kubeconfig);
  await project.writeRegistry(threeAlgorithms());
  const temporal = `  conduit:temporal:\n    mode: external\n    address: ${server.address}\n`;
  await writeFile(path.join(project.root, "stacks", "Pulumi.dev.yaml"), `config:\n${clusterYaml}${temporal}`);
  await must(project.pulumi("stack", "init", "dev"));
  await must(project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive"));
});

afterAll(async () => {
  await project?.remove();
  await server?.takeDown();
  await cluster?.stop();
});

const namespaces = ["speech", "vision"];

async function inNamespaces<T>(apiVersion: string, kind: string): Promise<T[]> {
  return (
    await Promise.all(namespaces.map((namespace) => objects.list<T>({ apiVersion, kind }, { namespace })))
  ).flat();
}

test("all pods are let in where only `restricted` ones are, and get ready", async () => {
  for (const name of namespaces) {
    const namespace = await objects.get<V1Namespace>({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    expect(namespace?.metadata?.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
  }
  const deployments = await inNamespaces<V1Deployment>("apps/v1", "Deployment");
  const sets = await inNamespaces<V1StatefulSet>("apps/v1", "StatefulSet");
  const workloads = [...deployments, ...sets].map(({ metadata, status }) => [metadata?.name, status?.readyReplicas]);
  expect(workloads.toSorted()).toEqual([
    ["ocr", 1],
    ["ranker-offline", 1],
    ["ranker-online", 1],
    ["transcribe", 1],
  ]);
  const pods = await inNamespaces<V1Pod>("v1", "Pod");
  expect(pods.map(({ status }) => status?.phase).toSorted()).toEqual([
    ...Array.from({ length: 4 }, () => "Running"),
    ...Array.from({ length: 3 }, () => "Succeeded"),
  ]);
  const events = await inNamespaces<CoreV1Event>("v1", "Event");
  expect(events.length).toBeGreaterThan(0);
  const refusals = events.filter(({ reason }) => reason === "FailedCreate");
  expect(refusals.map(({ message }) => message)).toEqual([]);
});

test("settings arrive as they are written, with their types", async () => {
  const metadata = { name: "conduit-quota", namespace: "speech" };
  const quota = await objects.get<V1ResourceQuota>({ apiVersion: "v1", kind: "ResourceQuota", metadata });
  expect(quota?.spec?.hard).toEqual({
    pods: "60",
    "requests.cpu": "200",
    "requests.memory": "400Gi",
    "requests.nvidia.com/gpu": "8",
  });
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "transcribe", namespace: "speech" },
  };
  const pod = (await objects.get<V1Deployment>(deployment))?.spec?.template.spec;
  expect(pod?.nodeSelector).toEqual({ "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB" });
  expect(pod?.tolerations).toEqual([{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }]);
  expect(pod?.imagePullSecrets).toEqual([{ name: "registry-login" }]);
  expect(pod?.containers[0]?.resources?.limits).toEqual({ memory: "8Gi", "nvidia.com/gpu": "1" });
});

test("the state names no file of the machine, and one provider makes all objects", async () => {
  const { stdout } = await must(project.pulumi("stack", "export", "--stack", "dev"));
  expect(stdout).not.toContain(cluster.folder);
  expect(stdout).not.toContain(project.root);
  const { deployment }: { deployment: { resources: { urn: string; provider?: string }[] } } = JSON.parse(stdout);
  const made = deployment.resources.filter(({ urn }) => /[:$]kubernetes:[^:]+:\w+::/.test(urn));
  const providers = new Set(made.map(({ provider = "" }) => provider.split("::")[3]));
  expect([made.length > 20, ...providers]).toEqual([true, "kubernetes"]);
});

test("nothing is left to do after it, neither here nor on another machine, whose `up` writes nothing", async () => {
  const other = await anotherMachine(project);
  try {
    const preview = ["preview", "--expect-no-changes", "--stack", "dev", "--non-interactive"];
    await must(project.pulumi(...preview));
    await must(other.pulumi(...preview));
    const versions = versionsOf(await everyObject(cluster.kubeconfig));
    const up = ["up", "--expect-no-changes", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive"];
    await must(other.pulumi(...up));
    expect(versionsOf(await everyObject(cluster.kubeconfig))).toEqual(versions);
  } finally {
    await other.remove();
  }
});

test("a new version of one algorithm changes its own chain, and nothing else", async () => {
  const earlier = await everyObject(cluster.kubeconfig);
  await project.writeRegistry(threeAlgorithms({ ranker: imageOf("ranker", "d") }));
  const changes = changesOf(await project.pulumi("preview", "--json", "--stack", "dev", "--non-interactive"));
  expect(changes.map(stepText).toSorted()).toMatchInlineSnapshot(`
    [
      "replace kubernetes:batch/v1:Job ranker",
      "update conduit:index:Release ranker",
      "update kubernetes:apps/v1:Deployment ranker-offline",
      "update kubernetes:apps/v1:Deployment ranker-online",
    ]
  `);
  await must(project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive"));
  const later = await everyObject(cluster.kubeconfig);
  const [was, is] = [versionsOf(earlier), versionsOf(later)];
  const touched = [...earlier, ...later].filter((object) => was[nameOf(object)] !== is[nameOf(object)]);
  const others = touched.filter(({ metadata }) => metadata.labels?.["algorithm-conduit/algorithm"] !== "ranker");
  expect([...new Set(others.map(nameOf))]).toEqual(["ResourceQuota speech/conduit-quota"]);
  expect(touched.length).toBeGreaterThan(others.length);
});

test("`destroy` leaves nothing but what is to be kept: a worker's volume, and a Temporal namespace", async () => {
  const { stdout } = await must(
    project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive"),
  );
  expect(stdout).toContain("deleted");
  const all = async () => (await everyName(cluster.kubeconfig)).map((name) => name.replace(/pvc-[-0-9a-f]+$/, "pvc-…"));
  const left = async () => (await all()).filter((name) => !before.includes(name));
  await eventually(async () => (await left()).length === keptOfThree.length, {
    seconds: 30,
    otherwise: async () => new Error(`Left: ${(await left()).join(", ")}`),
  });
  expect((await all()).toSorted()).toEqual([...before, ...keptOfThree].toSorted());
  const connection = await Connection.connect({ address: server.address });
  const { namespaces: served } = await connection.workflowService.listNamespaces({});
  await connection.close();
  const names = served.map(({ namespaceInfo }) => namespaceInfo?.name);
  expect(names).toContain("speech");
  expect(names).not.toContain("vision");
});
