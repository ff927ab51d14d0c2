import type { V1Deployment, V1Job } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import type { Outcome } from "../support/project.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { plainRegistry, plainSettings } from "./support/plain-stack.ts";
import { imageOf } from "./support/three-algorithms.ts";
import { workerPods } from "./support/workers.ts";
import { isPodReady } from "./support/workloads.ts";

let cluster: Cluster;
let server: LocalServer;
let project: KubernetesProject;
let objects: Objects;

const namespace = "speech";
const good = { diarize: imageOf("diarize", "a"), ocr: imageOf("ocr", "a"), ranker: imageOf("ranker", "a") };
/** One that its gate refuses, one whose workers never get ready, and one that is well. */
const mixed = {
  diarize: imageOf("diarize-test-fail", "b"),
  ocr: imageOf("ocr-test-worker-never-ready", "b"),
  ranker: imageOf("ranker", "b"),
};
const better = { ...mixed, diarize: imageOf("diarize", "c"), ocr: imageOf("ocr", "c") };

beforeAll(async () => {
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  objects = new Objects(cluster.kubeconfig);
  project = await makeKubernetesProject(cluster.kubeconfig);
  await project.configure("dev", plainSettings(server.address));
  await project.writeRegistry(plainRegistry(good));
  await must(project.conduit("up", "--stack", "dev"));
});

afterAll(async () => {
  await project?.remove();
  await server?.takeDown();
  await cluster?.stop();
});

/** The version that a Deployment wants, and how often what it wants was changed. */
async function wanted(name: string): Promise<[image: string | undefined, generation: number | undefined]> {
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } };
  const { metadata, spec } = (await objects.get<V1Deployment>(deployment)) ?? {};
  return [spec?.template.spec?.containers[0]?.image, metadata?.generation];
}

/** The versions that serve: those of workers that are ready. */
async function serving(name: string): Promise<(string | undefined)[]> {
  const ready = (await workerPods(objects, name)).filter(isPodReady);
  return ready.map(({ spec }) => spec?.containers[0]?.image);
}

async function gateOf(name: string): Promise<V1Job | undefined> {
  const labels = `algorithm-conduit/algorithm=${name}`;
  return (await objects.list<V1Job>({ apiVersion: "batch/v1", kind: "Job" }, { namespace, labels }))[0];
}

const endOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "");

test("each failure is told with its algorithm, its reason and the command for the log, and nothing else suffers", async () => {
  const before = await wanted("diarize");
  await project.writeRegistry(plainRegistry(mixed));
  const started = performance.now();
  const { code, stderr } = await project.conduit("up", "--stack", "dev");
  const gate = await gateOf("diarize");

  expect(code, stderr).toBe(1);
  expect(endOf(stderr)).toContainEqual(
    "  diarize: Its new version failed when it was tried, and no worker was changed: it ended with exit code 1. " +
      `See \`kubectl logs --namespace speech job/${gate?.metadata?.name}\`.`,
  );
  expect(endOf(stderr)).toContainEqual(
    "  ocr: Its new workers (`ocr`) did not become ready: it was not ready in its time. See `kubectl logs --namespace " +
      "speech --selector app.kubernetes.io/name=ocr,app.kubernetes.io/component=worker --tail 100`.",
  );
  expect(stderr).toMatch(/2 failed, 1 went live \(ranker/);
  // 40 s for a pod and 30 s for the words of the cluster; the rest is the run's own.
  expect(performance.now() - started).toBeLessThan(300_000);
  expect(await wanted("diarize")).toEqual(before);
  expect((await wanted("ocr"))[0]).toBe(mixed.ocr);
  expect(await Promise.all(["diarize", "ocr", "ranker"].map(serving))).toEqual([
    [good.diarize],
    [good.ocr],
    [mixed.ranker],
  ]);
});

test("the same versions are tried again by the next run, by plain `pulumi up` too, and refused again", async () => {
  const before = [await gateOf("diarize"), await wanted("diarize")] as const;
  const again: Outcome = await project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive");
  const said = again.stdout + again.stderr;

  expect(again.code, said).not.toBe(0);
  expect((await gateOf("diarize"))?.metadata?.uid).not.toBe(before[0]?.metadata?.uid);
  expect(said).toMatch(/kubernetes:batch\/v1:Job \(diarize\):\n\s+error: /);
  expect(said).toMatch(/kubernetes:apps\/v1:Deployment \(ocr\):\n\s+error: /);
  expect(said).not.toMatch(/\(ranker\):\n\s+error: /);
  expect(await wanted("diarize")).toEqual(before[1]);
  expect(await Promise.all(["diarize", "ocr", "ranker"].map(serving))).toEqual([
    [good.diarize],
    [good.ocr],
    [mixed.ranker],
  ]);
});

test("the next good versions go live without help", async () => {
  await project.writeRegistry(plainRegistry(better));
  const { stderr } = await must(project.conduit("up", "--stack", "dev"));
  for (const healed of ["diarize", "ocr"]) expect(stderr).toMatch(new RegExp(`\\b${healed} is live at c+`));
  for (const [name, image] of Object.entries(better)) expect(await serving(name)).toEqual([image]);
  await must(project.pulumi("preview", "--expect-no-changes", "--stack", "dev", "--non-interactive"));
});
