import { readFile } from "node:fs/promises";
import path from "node:path";
import type { V1Deployment, V1Job } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { referenceOf } from "../../components/kubernetes/ownership-guard.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import { treeOf } from "../support/process-tree.ts";
import { killIfThere } from "../support/project.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { everyObject, nameOf } from "./support/every-object.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { Objects } from "./support/objects.ts";
import { plainRegistry, plainSettings } from "./support/plain-stack.ts";
import { imageOf } from "./support/three-algorithms.ts";

let cluster: Cluster;
let server: LocalServer;
let project: KubernetesProject;
let objects: Objects;

const names = ["diarize", "ocr", "ranker"];
const imagesOf = (digit: string) => Object.fromEntries(names.map((name) => [name, imageOf(name, digit)]));
const where = { namespace: "speech" };

/** After the API server's return controllers and nodes take their time to come back. */
const patient = "2m";

/** How long the stack waits for pods. */
function waitFor(podStart: string): Promise<void> {
  return project.configure("dev", plainSettings(server.address, { podStart }));
}

beforeAll(async () => {
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  objects = new Objects(cluster.kubeconfig);
  // The state lies where `./conduit` keeps it by itself.
  project = await makeKubernetesProject(cluster.kubeconfig, { PULUMI_BACKEND_URL: undefined });
  await waitFor(patient);
  await project.writeRegistry(plainRegistry(imagesOf("a")));
});

afterAll(async () => {
  await project?.remove();
  await server?.takeDown();
  await cluster?.stop();
});

const stateSchema = z.object({
  checkpoint: z.object({
    latest: z.object({
      resources: z.array(z.object({ type: z.string(), outputs: z.record(z.string(), z.unknown()).default({}) })),
      pending_operations: z.array(z.object({ resource: z.object({ type: z.string() }) })).default([]),
    }),
  }),
});

async function readState() {
  const file = path.join(project.root, ".conduit", "state", ".pulumi", "stacks", "platform", "dev.json");
  return stateSchema.parse(JSON.parse(await readFile(file, "utf8"))).checkpoint.latest;
}

/** The gates of one version, by algorithm. */
async function gatesOf(digit: string): Promise<V1Job[]> {
  const jobs = await objects.list<V1Job>({ apiVersion: "batch/v1", kind: "Job" }, where);
  return jobs.filter(({ spec }) => spec?.template.spec?.containers[0]?.image?.endsWith(digit));
}

/** Starts an `up`, and returns once it is in the middle: a gate is there, and its workers are not. */
async function startUp(digit: string) {
  const running = project.start("up", "--stack", "dev");
  await eventually(async () => (await gatesOf(digit)).length > 0, { seconds: 240 });
  return running;
}

/** Every algorithm runs this version; all that is the stack's is in the state, and once; and nothing is left to do. */
async function expectAllIsWell(digit: string): Promise<void> {
  const deployments = await objects.list<V1Deployment>({ apiVersion: "apps/v1", kind: "Deployment" }, where);
  const served = deployments.map(({ metadata, spec, status }) => {
    return [metadata?.name, spec?.template.spec?.containers[0]?.image, status?.readyReplicas, status?.replicas];
  });
  expect(served).toEqual(names.map((name) => [name, imageOf(name, digit), 1, 1]));

  const { resources, pending_operations } = await readState();
  expect(pending_operations).toEqual([]);
  const known = resources.flatMap(({ type, outputs }) => {
    const { kind, namespace, name = "" } = referenceOf(type, outputs) ?? {};
    return kind === undefined ? [] : [`${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`];
  });
  const all = await everyObject(cluster.kubeconfig);
  const ours = all.filter(({ metadata }) => {
    return metadata.annotations?.["algorithm-conduit/stack"] !== undefined && !("ownerReferences" in metadata);
  });
  expect(known.toSorted()).toEqual(ours.map(nameOf).toSorted());
  const { stderr } = await must(project.conduit("up", "--stack", "dev"));
  expect(stderr).toContain("Nothing changed");
  expect(stderr).not.toContain("pending");
}

test("a run that was killed while it made objects is brought to its end by the next one", async () => {
  const { child, outcome } = await startUp("a");
  for (const { pid } of treeOf(child.pid ?? 0)) killIfThere(pid);
  expect((await outcome).code).not.toBe(0);
  const { pending_operations: pending } = await readState();
  expect(pending.map(({ resource }) => resource.type)).toContain("kubernetes:batch/v1:Job");
  const uids = (await gatesOf("a")).map(({ metadata }) => metadata?.uid);

  await must(project.conduit("up", "--stack", "dev"));
  await expectAllIsWell("a");
  const later = (await gatesOf("a")).map(({ metadata }) => metadata?.uid);
  expect(later).toEqual(expect.arrayContaining(uids));
});

test("what a killed run made of a version that no later run wants is taken away", async () => {
  await project.writeRegistry(plainRegistry(imagesOf("c")));
  const { child, outcome } = await startUp("c");
  for (const { pid } of treeOf(child.pid ?? 0)) killIfThere(pid);
  await outcome;
  expect(await gatesOf("c")).not.toEqual([]);

  await project.writeRegistry(plainRegistry(imagesOf("d")));
  await must(project.conduit("up", "--stack", "dev"));
  expect(await gatesOf("c")).toEqual([]);
  await expectAllIsWell("d");
});

test("after the API server was killed in the middle of a run and is back, the next run brings it to its end", async () => {
  await project.writeRegistry(plainRegistry(imagesOf("b")));
  const { child, outcome } = await startUp("b");
  await cluster.apiServer.stop();
  expect(child.exitCode).toBeNull();
  await cluster.apiServer.start();
  await outcome;

  await must(project.conduit("up", "--stack", "dev"));
  await expectAllIsWell("b");
});

test("while the API server is away, a run says that it cannot be reached, and what to do", async () => {
  await waitFor("10s");
  await project.writeRegistry(plainRegistry(imagesOf("e")));
  const { outcome } = await startUp("e");
  await cluster.apiServer.stop();
  const { code, stderr } = await outcome;
  await cluster.apiServer.start();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The Kubernetes API.* cannot be reached: .* See what `kubectl cluster-info` says/m);
  expect(stderr).not.toContain("refuses");

  await waitFor(patient);
  await must(project.conduit("up", "--stack", "dev"));
  await expectAllIsWell("e");
});
