import type { V1Deployment, V1NetworkPolicy, V1ServiceAccount } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { imageOf } from "./support/three-algorithms.ts";

const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "ranker", namespace: "speech" } };
const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "ranker", namespace: "speech" } };
const policy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "conduit-default", namespace: "speech" },
};

let cluster: Cluster;
let server: LocalServer;
let project: KubernetesProject;
let objects: Objects;

beforeAll(async () => {
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  objects = new Objects(cluster.kubeconfig);
  project = await makeKubernetesProject(cluster.kubeconfig);
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: {
      ranker: {
        namespace: "speech",
        owner: "speech",
        source: { image: imageOf("ranker", "a") },
        identity: { annotations: { "cloud.example/role": "ranker" } },
      },
    },
  });
  await project.configure("dev", {
    platform: "kubernetes",
    temporal: { mode: "external", address: server.address },
  });
  await must(project.pulumi("stack", "init", "dev"));
  await must(project.pulumi("up", "--skip-preview", ...onDev, "--yes"));
});

afterAll(async () => {
  await project?.remove();
  await server?.takeDown();
  await cluster?.stop();
});

const onDev = ["--stack", "dev", "--non-interactive"];

test("whoever scales the workers owns their number: no run touches it or calls it a change", async () => {
  const scaled = await objects.scale(deployment, 3);
  expect(scaled).toBe(3);
  await objects.wait<V1Deployment>(deployment, (object) => object?.status?.readyReplicas === 3);
  const version = async () => (await objects.get<V1Deployment>(deployment))?.metadata?.resourceVersion;
  const before = await version();
  await must(project.pulumi("up", "--skip-preview", "--expect-no-changes", "--yes", ...onDev));
  await must(project.pulumi("refresh", "--preview-only", "--expect-no-changes", ...onDev));
  await must(project.pulumi("up", "--refresh", "--skip-preview", "--expect-no-changes", "--yes", ...onDev));
  expect(await version()).toBe(before);
  expect((await objects.get<V1Deployment>(deployment))?.spec?.replicas).toBe(3);
});

test("an object that was changed by hand is found by a refresh, and put right by an `up` with refresh", async () => {
  const image = imageOf("by-hand", "e");
  await objects.patch(deployment, {
    spec: { template: { spec: { containers: [{ ...(await container()), image }] } } },
  });
  await objects.patch(account, { metadata: { annotations: { "cloud.example/role": "admin" } } });
  await objects.delete(policy);

  const look = await project.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff", ...onDev);
  expect(look.code).not.toBe(0);
  expect(look.stdout).toContain(image);
  expect(look.stdout).toContain('cloud.example/role: "ranker" => "admin"');
  expect(look.stdout).toContain("conduit-default");

  await must(project.pulumi("up", "--refresh", "--skip-preview", "--yes", ...onDev));
  expect(await container()).toMatchObject({ image: imageOf("ranker", "a") });
  expect((await objects.get<V1Deployment>(deployment))?.spec?.replicas).toBe(3);
  const annotations = (await objects.get<V1ServiceAccount>(account))?.metadata?.annotations;
  expect(annotations).toMatchObject({ "cloud.example/role": "ranker" });
  expect((await objects.get<V1NetworkPolicy>(policy))?.spec?.policyTypes).toEqual(["Ingress", "Egress"]);
  await must(project.pulumi("refresh", "--preview-only", "--expect-no-changes", ...onDev));
});

async function container() {
  const found = await objects.get<V1Deployment>(deployment);
  const [first] = found?.spec?.template.spec?.containers ?? [];
  return first;
}
