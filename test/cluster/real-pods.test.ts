import path from "node:path";
import type { V1Deployment } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGitServer } from "../sources/support/git-server.ts";
import { answering } from "../support/algorithms.ts";
import { makeFolder } from "../support/folders.ts";
import { type AlgorithmRepository, makeRepository } from "../support/project.ts";
import type { Relay } from "../support/relay.ts";
import type { Cluster } from "./cluster.ts";
import { importTemporalImage } from "./node/temporal-image.ts";
import { startCluster } from "./start-cluster.ts";
import { ensureBuildah, removeStores } from "./support/buildah.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { letNodePull } from "./support/let-node-pull.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { pushPythonImage } from "./support/python-image.ts";
import { type Registry, startRegistry } from "./support/registry.ts";

// From a commit to an answer with nothing played: Temporal and the workers are pods on a real node.

let folder: string;
let cluster: Cluster;
let registry: Registry;
let relay: Relay;
let git: Awaited<ReturnType<typeof startGitServer>>;
let repository: AlgorithmRepository;
let project: KubernetesProject;

beforeAll(async () => {
  await ensureBuildah();
  folder = await makeFolder();
  const onProgress = (line: string) => console.log(line);
  registry = await startRegistry(path.join(folder, "registry"));
  await pushPythonImage(registry);
  cluster = await startCluster({ node: true, onProgress });
  relay = await letNodePull(cluster, registry);
  await importTemporalImage(cluster.folder, onProgress);
  repository = await makeRepository(path.join(folder, "repositories", "ranker"), answering("first"));
  git = await startGitServer(path.join(folder, "repositories"));
  project = await makeKubernetesProject(cluster.kubeconfig, { CONDUIT_TEST_BUILDAH: path.join(folder, "builds") });
  await project.writeRegistry({
    namespaces: { speech: { owner: "us" } },
    algorithms: { ranker: { namespace: "speech", owner: "us", source: { git: git.url("ranker/.git") } } },
  });
  await project.configure("dev", {
    platform: "kubernetes",
    autoscaler: "none",
    temporal: { mode: "dev-server", persistence: { size: "1Gi" } },
    images: {
      registry: `${registry.host}/algorithms`,
      python: `${registry.host}/python:{version}`,
      secrets: { ca: { file: "/etc/ssl/certs/ca-certificates.crt" } },
    },
  });
  await project.pulumi("stack", "init", "dev");
});

afterAll(async () => {
  await project?.remove();
  await relay?.close();
  await cluster?.stop();
  await Promise.all([git?.close(), registry?.close()]);
  await removeStores(folder);
});

test("a commit is answered by a pod, and the next one by another, in which nothing of the first is left", async () => {
  await must(project.conduit("up", "--stack", "dev"));
  expect(await answer()).toBe('"first"\n');
  await repository.commit(answering("second"));
  await must(project.conduit("up", "--stack", "dev"));
  expect(await answer()).toBe('"second"\n');
  const worker = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "ranker", namespace: "speech" } };
  const { status } = (await new Objects(cluster.kubeconfig).get<V1Deployment>(worker)) ?? {};
  expect(status).toMatchObject({ readyReplicas: 1, updatedReplicas: 1 });
  await must(project.conduit("down", "--yes", "--stack", "dev"));
});

async function answer(): Promise<string> {
  return (await must(project.conduit("call", "ranker", "answer", "--stack", "dev"))).stdout;
}
