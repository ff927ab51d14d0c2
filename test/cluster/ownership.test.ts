import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { V1Deployment, V1NetworkPolicy } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import type { Outcome } from "../support/project.ts";
import type { Cluster } from "./cluster.ts";
import { kubectlPath } from "./programs.ts";
import { startCluster } from "./start-cluster.ts";
import { everyObject, nameOf, versionsOf } from "./support/every-object.ts";
import { forgetObjects } from "./support/forget.ts";
import { type KubernetesProject, makeKubernetesProject } from "./support/kubernetes-project.ts";
import { must } from "./support/must.ts";
import { type Manifest, Objects } from "./support/objects.ts";
import { plainRegistry, plainSettings } from "./support/plain-stack.ts";
import { imageOf } from "./support/three-algorithms.ts";

let cluster: Cluster;
let server: LocalServer;
let project: KubernetesProject;
let objects: Objects;

const namespace = "team-speech";
const images = { diarize: imageOf("diarize", "a"), ranker: imageOf("ranker", "b") };

beforeAll(async () => {
  [cluster, server] = await Promise.all([startCluster(), startLocalServer()]);
  objects = new Objects(cluster.kubeconfig);
  await objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  project = await makeKubernetesProject(cluster.kubeconfig);
  await project.writeRegistry(plainRegistry(images));
  await project.configure("dev", plainSettings(server.address, { namespaces: { speech: { name: namespace } } }));
  await must(project.pulumi("stack", "init", "dev"));
});

afterAll(async () => {
  await project?.remove();
  await server?.takeDown();
  await cluster?.stop();
});

const up = () => project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive");

/** What a run that must fail said. */
async function refusalOf(running: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await running;
  expect(code, stdout + stderr).not.toBe(0);
  return stdout + stderr;
}

/** Runs the command that lets the stack take an object over, as the message of the error has it. */
async function runAdvised(said: string, kind: string): Promise<void> {
  const [, command = ""] = new RegExp(`\`kubectl (annotate --overwrite ${kind} [^\`]*)\``).exec(said) ?? [];
  await promisify(execFile)(await kubectlPath(), command.split(" "), { env: project.environment });
}

const policy = (name: string): Manifest => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace },
  spec: { podSelector: { matchLabels: { app: "of-others" } } },
});

const workload = (name: string) => ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } });

async function imageNow(name: string): Promise<string | undefined> {
  return (await objects.get<V1Deployment>(workload(name)))?.spec?.template.spec?.containers[0]?.image;
}

test("an object of others that all algorithms would share ends the run before anything is made", async () => {
  const foreign = await objects.create<V1NetworkPolicy>(policy("conduit-default"));
  const before = versionsOf(await everyObject(cluster.kubeconfig));

  const said = await refusalOf(up());
  expect(said).toContain(
    "The NetworkPolicy `team-speech/conduit-default` exists already and was not made by this stack. To let this stack " +
      "take it over, run `kubectl annotate --overwrite networkpolicy conduit-default --namespace team-speech " +
      "algorithm-conduit/stack=platform/dev`; otherwise delete it, or choose another name.",
  );
  expect(versionsOf(await everyObject(cluster.kubeconfig))).toEqual(before);

  await runAdvised(said, "networkpolicy");
  expect(await uidOf(policy("conduit-default"))).toBe(foreign.metadata?.uid);
});

async function uidOf(manifest: Manifest): Promise<string | undefined> {
  return (await objects.get(manifest))?.metadata?.uid;
}

test("an algorithm whose object others have fails alone, and takes it over once it is told to", async () => {
  const selector = { "app.kubernetes.io/component": "worker", "app.kubernetes.io/name": "ranker" };
  const container = { name: "worker", image: "registry.test/of-others:1" };
  const foreign = await objects.create<V1Deployment>({
    ...workload("ranker"),
    spec: {
      replicas: 0,
      selector: { matchLabels: selector },
      template: { metadata: { labels: selector }, spec: { containers: [container] } },
    },
  });
  await objects.wait<V1Deployment>(workload("ranker"), (found) => found?.status?.observedGeneration === 1);
  const version = (await objects.get(workload("ranker")))?.metadata?.resourceVersion;

  const said = await refusalOf(up());
  expect(said).toContain(
    "The Deployment `team-speech/ranker` exists already and was not made by this stack. To let this stack take it " +
      "over, run `kubectl annotate --overwrite deployment ranker --namespace team-speech " +
      "algorithm-conduit/stack=platform/dev`; otherwise delete it, or choose another name.",
  );
  expect((await objects.get(workload("ranker")))?.metadata?.resourceVersion).toBe(version);
  const jobs = await objects.list({ apiVersion: "batch/v1", kind: "Job" }, { namespace });
  expect(jobs.map(({ metadata }) => metadata?.labels?.["algorithm-conduit/algorithm"])).toEqual(["diarize"]);
  expect(await imageNow("diarize")).toBe(images.diarize);
  const adopted = await objects.get<V1NetworkPolicy>(policy("conduit-default"));
  expect(adopted?.spec?.podSelector?.matchLabels).toEqual({ "app.kubernetes.io/managed-by": "algorithm-conduit" });

  await runAdvised(said, "deployment");
  await must(up());
  expect(await imageNow("ranker")).toBe(images.ranker);
  expect(await uidOf(workload("ranker"))).toBe(foreign.metadata?.uid);
});

test("what was made, but whose creation was never answered, is taken over without a word", async () => {
  const before = await uids();
  expect(await forgetObjects(project, "dev")).toBe(10);

  await must(up());
  expect(await uids()).toEqual(before);
  await must(project.pulumi("preview", "--expect-no-changes", "--stack", "dev", "--non-interactive"));
});

async function uids(): Promise<unknown[]> {
  const found = await everyObject(cluster.kubeconfig);
  const ours = found.filter(({ metadata }) => metadata.annotations?.["algorithm-conduit/stack"] === "platform/dev");
  return ours.map((each) => `${nameOf(each)} ${Object(each.metadata).uid}`).toSorted();
}
