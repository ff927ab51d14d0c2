import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGitServer } from "../sources/support/git-server.ts";
import { answering } from "../support/algorithms.ts";
import { makeCacheWithTools } from "../support/cache.ts";
import { makeFolder } from "../support/folders.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import { type AlgorithmRepository, makeRepository } from "../support/project.ts";
import { startCluster } from "./start-cluster.ts";
import { removeStores } from "./support/buildah.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { Objects } from "./support/objects.ts";
import { pushPythonImage } from "./support/python-image.ts";
import { type Registry, startRegistry } from "./support/registry.ts";

// A git repository and a mock on a cluster: what is built, what runs, and what another machine does not do again.

let folder: string;
let cluster: Awaited<ReturnType<typeof startCluster>>;
let temporal: LocalServer;
let registry: Registry;
let git: Awaited<ReturnType<typeof startGitServer>>;
let repository: AlgorithmRepository;
let one: KubernetesProject;
let two: KubernetesProject;

beforeAll(async () => {
  folder = await makeFolder();
  [cluster, temporal, registry] = await Promise.all([
    startCluster(),
    startLocalServer(),
    startRegistry(path.join(folder, "registry")),
  ]);
  await pushPythonImage(registry);
  repository = await makeRepository(path.join(folder, "repositories", "ranker"), answering("first"));
  git = await startGitServer(path.join(folder, "repositories"));
  one = await machine("one");
  two = await machine("two", one.environment.PULUMI_BACKEND_URL);
  await one.pulumi("stack", "init", "dev");
});

afterAll(async () => {
  await Promise.all([one?.remove(), two?.remove(), temporal?.takeDown(), git?.close(), registry?.close()]);
  await cluster?.stop();
  await removeStores(folder);
});

/** A machine of a platform team: its own clone of the project, its own caches, and the state that all share. */
async function machine(name: string, backend?: string): Promise<KubernetesProject> {
  const home = path.join(folder, name);
  await makeCacheWithTools(path.join(home, "cache"));
  const project = await makeKubernetesProject(cluster.kubeconfig, {
    CONDUIT_CACHE: path.join(home, "cache"),
    CONDUIT_TEST_BUILDAH: path.join(home, "builds"),
    ...(backend === undefined ? {} : { PULUMI_BACKEND_URL: backend }),
  });
  await project.writeRegistry({
    namespaces: { speech: { owner: "us" } },
    algorithms: {
      ranker: { namespace: "speech", owner: "us", source: { git: git.url("ranker/.git") } },
      summarize: { namespace: "speech", owner: "us", source: { mock: "mocks/summarize.py" } },
    },
  });
  await mkdir(path.join(project.root, "mocks"));
  await writeFile(path.join(project.root, "mocks", "summarize.py"), answering("mock")["algorithm.py"] ?? "");
  await project.configure("dev", {
    platform: "kubernetes",
    temporal: { mode: "external", address: temporal.address },
    images: {
      registry: `${registry.host}/algorithms`,
      python: `${registry.host}/python:{version}`,
      secrets: { ca: { file: "/etc/ssl/certs/ca-certificates.crt" } },
    },
  });
  return project;
}

async function pulumi(project: KubernetesProject, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await project.pulumi(...args, "--stack", "dev", "--non-interactive");
  if (code !== 0) throw new Error(`\`pulumi ${args.join(" ")}\` failed:\n${stdout}\n${stderr}`);
  return stdout;
}

/** What the pods of an algorithm run. */
async function imageOf(name: string): Promise<string> {
  const metadata = { name, namespace: "speech" };
  const deployment = await new Objects(cluster.kubeconfig).get({ apiVersion: "apps/v1", kind: "Deployment", metadata });
  return JSON.stringify(deployment).match(/"image":"([^"]+)"/)?.[1] ?? "";
}

test("a commit and a mock run as images by digest, and another machine neither clones nor builds", async () => {
  await pulumi(one, "up", "--yes", "--skip-preview");
  const first = await imageOf("ranker");
  expect(first).toMatch(/\/algorithms\/ranker:[0-9a-f]{12}-[0-9a-f]{8}@sha256:[0-9a-f]{64}$/);
  expect(await imageOf("summarize")).toMatch(/\/algorithms\/conduit-worker:3\.11-[0-9a-f]{12}@sha256:[0-9a-f]{64}$/);

  git.requests.length = 0;
  await pulumi(two, "up", "--yes", "--skip-preview", "--expect-no-changes");
  expect(git.requests.filter(({ body }) => body.includes("command=fetch"))).toEqual([]);
  expect(git.requests.length).toBeGreaterThan(0);
  for (const name of ["builds", "cache/mirrors"]) expect(existsSync(path.join(folder, "two", name))).toBe(false);

  await repository.commit(answering("second"));
  const shown = await pulumi(two, "preview");
  expect(shown).toMatch(/ranker/);
  await pulumi(two, "up", "--yes", "--skip-preview");
  const second = await imageOf("ranker");
  expect(second).not.toBe(first);
  await pulumi(one, "preview", "--expect-no-changes");
}, 900_000);

test("where nothing is built any more, an algorithm whose new image is not there keeps the one that was built", async () => {
  const built = await imageOf("ranker");
  const entry = { namespace: "speech", owner: "us" };
  await two.writeRegistry({
    namespaces: { speech: { owner: "us" } },
    algorithms: {
      ranker: { ...entry, source: { image: `${registry.host}/algorithms/none:1` } },
      summarize: { ...entry, source: { image: built } },
    },
  });
  await two.configure("dev", { platform: "kubernetes", temporal: { mode: "external", address: temporal.address } });
  for (const _run of ["first", "second"]) {
    const { code, stdout, stderr } = await two.pulumi("up", "--yes", "--skip-preview", "--stack", "dev");
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("gives no digest for");
    expect(await imageOf("ranker")).toBe(built);
    expect(await imageOf("summarize")).toBe(built.replace(/:[^:@/]*@/, "@"));
  }
}, 600_000);

test("a destroy leaves the images that were built", async () => {
  await pulumi(one, "destroy", "--yes", "--skip-preview");
  const kept = await fetch(`${registry.url}/v2/algorithms/ranker/tags/list`);
  expect(await kept.json()).toMatchObject({ tags: [expect.any(String), expect.any(String)] });
}, 900_000);
