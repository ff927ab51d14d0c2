import { copyFile } from "node:fs/promises";
import path from "node:path";
import type { CoreV1Event, V1Deployment, V1Job, V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import { repository } from "../support/project.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { everyName } from "./support/every-object.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { keptOfThree, threeAlgorithms } from "./support/three-algorithms.ts";
import { restrictedNamespace } from "./support/workloads.ts";

let cluster: Cluster;
let server: LocalServer;
let project: KubernetesProject;
let objects: Objects;

beforeAll(async () => {
  server = await startLocalServer();
  // No container runs here: behind the frontend's port answers a real server, by the way that the Kubernetes API makes.
  cluster = await startCluster({ portForwards: [{ namespace: "temporal", port: 7233, address: server.address }] });
  objects = new Objects(cluster.kubeconfig);
  project = await makeKubernetesProject(cluster.kubeconfig);
  await project.writeRegistry(threeAlgorithms());
  const file = path.join("stacks", "Pulumi.prod.yaml");
  await copyFile(path.join(repository, file), path.join(project.root, file));
});

afterAll(async () => {
  await project?.remove();
  await cluster?.stop();
  await server?.takeDown();
});

const inTemporal = { namespace: "temporal" };
const onProd = ["--stack", "prod", "--non-interactive"];

/** The server's Deployments and how many of their pods are ready, of those that are wanted. */
async function serverParts(): Promise<string[]> {
  const deployments = await objects.list<V1Deployment>({ apiVersion: "apps/v1", kind: "Deployment" }, inTemporal);
  return deployments
    .map(({ metadata, spec, status }) => `${metadata?.name} ${status?.readyReplicas}/${spec?.replicas}`)
    .toSorted();
}

async function refusedPods(): Promise<(string | undefined)[]> {
  const events = await objects.list<CoreV1Event>({ apiVersion: "v1", kind: "Event" });
  return events.filter(({ reason }) => reason === "FailedCreate").map(({ message }) => message);
}

/** The pods of algorithms that serve. */
async function workers(): Promise<number> {
  const pods = await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { labels: "algorithm-conduit/algorithm" });
  return pods.filter(({ status }) => status?.phase === "Running").length;
}

/** The objects that were not there before, volumes without their made-up names. */
async function leftOf(before: readonly string[]): Promise<string[]> {
  const now = await everyName(cluster.kubeconfig);
  expect(now).toEqual(expect.arrayContaining([...before]));
  return now.filter((name) => !before.includes(name)).map((name) => name.replace(/pvc-[-0-9a-f]+$/, "pvc-…"));
}

test("the stack `prod` that comes with the repository is Temporal's services, its namespaces through the cluster's API, and the algorithms on them; it goes as it came", async () => {
  await objects.create(restrictedNamespace("temporal"));
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "temporal-database", namespace: "temporal" } };
  await objects.create({ ...secret, stringData: { password: "unused" } });
  const before = await everyName(cluster.kubeconfig);

  await must(project.pulumi("stack", "init", "prod"));
  await must(project.pulumi("up", "--yes", "--skip-preview", ...onProd));
  expect(await serverParts()).toMatchInlineSnapshot(`
    [
      "temporal-frontend 2/2",
      "temporal-history 3/3",
      "temporal-matching 2/2",
      "temporal-ui 1/1",
      "temporal-worker 2/2",
    ]
  `);
  const [schema] = await objects.list<V1Job>({ apiVersion: "batch/v1", kind: "Job" }, inTemporal);
  expect(schema?.status?.succeeded).toBe(1);
  expect([await workers(), await refusedPods()]).toEqual([4, []]);

  const preview = await must(project.conduit("preview", "--stack", "prod"));
  expect(preview.stdout).toMatch(/Resources:\s+\d+ unchanged\n/);
  await must(project.pulumi("preview", "--expect-no-changes", ...onProd));

  await must(project.conduit("down", "--yes", "--stack", "prod"));
  await expect.poll(() => leftOf(before), { timeout: 30_000 }).toEqual([...keptOfThree]);
});
