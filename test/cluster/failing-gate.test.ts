import path from "node:path";
import type { V1Deployment } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveRepositories } from "../sources/support/git-server.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import { makeRepository, type Outcome } from "../support/project.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { imageOf } from "./support/three-algorithms.ts";

let cluster: Cluster;
let server: LocalServer;
let project: KubernetesProject;
let objects: Objects;
let settings: object;

beforeAll(async () => {
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  objects = new Objects(cluster.kubeconfig);
  project = await makeKubernetesProject(cluster.kubeconfig);
  const temporal = { mode: "external", address: server.address };
  settings = { platform: "kubernetes", temporal, kubernetes: { podStart: "10s" } };
  await project.configure("dev", settings);
  await must(project.pulumi("stack", "init", "dev"));
});

afterAll(async () => {
  await project?.remove();
  await server?.takeDown();
  await cluster?.stop();
});

function upWith(images: Readonly<Record<string, string>>): Promise<Outcome> {
  return upWithSources(Object.fromEntries(Object.entries(images).map(([name, image]) => [name, { image }])));
}

async function upWithSources(sources: Readonly<Record<string, object>>, ...options: string[]): Promise<Outcome> {
  const entry = { namespace: "speech", owner: "speech", timeouts: { startup: "1m" } };
  const algorithms = Object.entries(sources).map(([name, source]) => [name, { ...entry, source }]);
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: Object.fromEntries(algorithms),
  });
  return project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive", ...options);
}

async function running(name: string): Promise<(string | number | undefined)[]> {
  const reference = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "speech" } };
  const found = await objects.get<V1Deployment>(reference);
  return [found?.spec?.template.spec?.containers[0]?.image, found?.status?.readyReplicas];
}

test("a gate that fails at first keeps its own algorithm out, and the others go live in the same run", async () => {
  const up = await upWith({ broken: imageOf("broken-test-fail", "c"), ranker: imageOf("ranker", "a") });
  expect(up.code).not.toBe(0);
  expect(up.stdout).toContain("broken");
  expect(up.stdout + up.stderr).not.toContain("registration isn't pending");
  expect(await running("broken")).toEqual([undefined, undefined]);
  expect(await running("ranker")).toEqual([imageOf("ranker", "a"), 1]);
});

test("the next run mends it; when a later version fails its gate, the earlier one keeps serving", async () => {
  await must(upWith({ broken: imageOf("broken", "a"), ranker: imageOf("ranker", "a") }));
  expect(await running("broken")).toEqual([imageOf("broken", "a"), 1]);
  const up = await upWith({ broken: imageOf("broken-test-fail", "d"), ranker: imageOf("ranker", "b") });
  expect(up.code).not.toBe(0);
  expect(up.stdout + up.stderr).not.toContain("registration isn't pending");
  expect(await running("broken")).toEqual([imageOf("broken", "a"), 1]);
  expect(await running("ranker")).toEqual([imageOf("ranker", "b"), 1]);
});

test("an algorithm whose source is of another kind by now stays as it is in a run that is limited to others", async () => {
  await must(upWith({ broken: imageOf("broken", "a"), ranker: imageOf("ranker", "b") }));
  const repositories = path.join(project.root, "repositories");
  await makeRepository(path.join(repositories, "broken"), { "broken.py": "" });
  const git = (await serveRepositories(repositories)).url("broken/.git");
  await project.configure("dev", { ...settings, images: { registry: "registry.test/algorithms" } });
  const sources = { broken: { git }, ranker: { image: imageOf("ranker", "c") } };
  const targets = ["Algorithm::ranker", "Algorithm$**::ranker"].flatMap((parts) => [
    "--target",
    `**conduit:index:${parts}`,
  ]);
  await must(upWithSources(sources, ...targets));
  expect(await running("ranker")).toEqual([imageOf("ranker", "c"), 1]);
  expect(await running("broken")).toEqual([imageOf("broken", "a"), 1]);
});
