import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { Algorithm } from "../../components/algorithm.ts";
import { AlgorithmGate } from "../../components/kubernetes/algorithm-gate.ts";
import { AlgorithmIdentity } from "../../components/kubernetes/algorithm-identity.ts";
import { AlgorithmImage } from "../../components/kubernetes/algorithm-image.ts";
import { AlgorithmNamespace } from "../../components/kubernetes/algorithm-namespace.ts";
import { AlgorithmWorker } from "../../components/kubernetes/algorithm-worker.ts";
import { imagesSettings } from "../../components/kubernetes/image-settings.ts";
import { Keda } from "../../components/kubernetes/keda.ts";
import { Monitoring } from "../../components/kubernetes/monitoring.ts";
import { monitoringSettings } from "../../components/kubernetes/monitoring-settings.ts";
import { gpuTypesSettings } from "../../components/kubernetes/settings.ts";
import { TemporalCluster } from "../../components/kubernetes/temporal/temporal-cluster.ts";
import { TemporalDevServer } from "../../components/kubernetes/temporal/temporal-dev-server.ts";
import { WorkerAutoscaler } from "../../components/kubernetes/worker-autoscaler.ts";
import { WorkerBaseImage } from "../../components/kubernetes/worker-base-image.ts";
import { type Deployed, deploy } from "../support/mocks.ts";
import { deployedOf, entryOf, laneOf, siteOf } from "./kubernetes/support.ts";
import { clusterSettings, devServerSettings } from "./kubernetes/temporal/support.ts";

// What every component keeps to. A new one is added to this table: a test below finds those that are missing.

const entry = entryOf({ egress: { internet: true } });
const deployed = deployedOf(entry);
const temporal = { address: "t:7233", apiKey: { name: "temporal", key: "key" } };
const parts = { entry, lane: laneOf(entry), site: siteOf({ temporal }), deployed };
const stack = "algorithms/prod";

const components: Readonly<Record<string, (name: string) => pulumi.ComponentResource>> = {
  Algorithm: (name) => {
    const platform = {
      recipe: {},
      sources: { form: "remote" as const },
      outputs: {},
      namespaces: () => {},
      runs: () => true,
      refusals: async () => new Map<string, string>(),
      worker: () => {},
    };
    return new Algorithm(name, { entry, candidate: { problem: "It cannot be reached." }, platform });
  },
  AlgorithmGate: (name) => new AlgorithmGate(name, parts),
  AlgorithmIdentity: (name) => new AlgorithmIdentity(name, parts),
  AlgorithmImage: (name) => {
    const release = { version: "1-2", commit: "0", source: gitRelease() };
    return new AlgorithmImage(name, { registry: "a.example/b", images: imagesSettings.parse({}), release, base: "c" });
  },
  AlgorithmNamespace: (name) =>
    new AlgorithmNamespace(name, {
      ...{ stack, gpuTypes: gpuTypesSettings.parse({}), quota: { pods: 3 }, limitRange: { cpu: 1000 } },
      namespace: { name: "speech", create: true, keys: ["speech"], owner: "asr" },
      ...{ temporal: [temporal.address], scrapedFrom: ["keda"] },
    }),
  AlgorithmWorker: (name) => new AlgorithmWorker(name, parts),
  Keda: (name) => new Keda(name, { stack, namespace: "keda", version: "2.20.2" }),
  Monitoring: (name) => {
    const settings = monitoringSettings.parse({ podMonitors: true, rules: true, dashboard: true });
    return new Monitoring(name, { stack, settings, namespaces: ["speech"], serverNamespace: "temporal", queues: [] });
  },
  TemporalCluster: (name) => new TemporalCluster(name, { stack, settings: clusterSettings() }),
  TemporalDevServer: (name) => new TemporalDevServer(name, { stack, settings: devServerSettings() }),
  WorkerBaseImage: (name) =>
    new WorkerBaseImage(name, {
      ...{ python: "3.11", registry: "a.example/b", images: imagesSettings.parse({}) },
      context: { location: "../.conduit/images/0", digest: "0" },
    }),
  WorkerAutoscaler: (name) => new WorkerAutoscaler(name, parts),
};

function gitRelease() {
  const requires = { kind: "none" as const, files: [], localPackages: [] };
  const git = { kind: "git" as const, git: "https://host.example/team/one", ref: "main", subdir: ".", include: [] };
  return { ...git, head: "0", tree: "1", repository: { settings: {} }, requires };
}

const names = Object.keys(components);

async function made(name: string): Promise<{ own: Deployed; children: Deployed[]; fields: string[] }> {
  let instance: pulumi.ComponentResource | undefined;
  const [own, ...children] = await deploy(
    () => {
      instance = components[name]?.("sample");
    },
    (_type, inputs) => ({ ...inputs, ref: "registry.example/sample@sha256:0" }),
  );
  if (own === undefined) throw new Error(`${name} registers nothing.`);
  return { own, children, fields: publicFields(instance) };
}

/** What a class adds to Pulumi's own fields, which all begin with `__` but for the one. */
function publicFields(instance: object | undefined): string[] {
  return Object.keys(instance ?? {}).filter((field) => !field.startsWith("__") && field !== "urn");
}

test.each(names)("the token of %s ends in the name of its class", async (name) => {
  const { own } = await made(name);
  expect(own.type).toMatch(new RegExp(`^conduit:(index|kubernetes):${name}$`));
  expect(own.custom).toBe(false);
});

test.each(names)("what %s makes is below it, and its name begins as its own", async (name) => {
  const { own, children } = await made(name);
  const below = new Set([own.urn, ...children.map(({ urn }) => urn)]);
  expect(children.length).toBeGreaterThan(0);
  for (const child of children) {
    expect([child.urn, below.has(child.parent ?? "")]).toEqual([child.urn, true]);
    expect(child.name).toMatch(/^sample(-[a-z0-9-]+)?$/);
  }
});

test.each(names)("the outputs of %s are its public fields", async (name) => {
  const { own, fields } = await made(name);
  expect(own.outputs?.toSorted()).toEqual(fields.toSorted());
  expect(fields.length).toBeGreaterThan(0);
});

test.each(names)("what %s makes in a cluster says whose it is, and has a name of its own choice", async (name) => {
  const { children } = await made(name);
  const objects = children.filter(({ type }) => type.startsWith("kubernetes:") && !type.startsWith("kubernetes:helm"));
  for (const { inputs } of objects) {
    expect(inputs.metadata).toMatchObject({
      name: expect.stringMatching(/^[a-z0-9][-a-z0-9.]*$/),
      labels: { "app.kubernetes.io/managed-by": "algorithm-conduit" },
      annotations: { "algorithm-conduit/stack": stack },
    });
  }
});

test("every component is in the table", async () => {
  const folder = path.join(import.meta.dirname, "../../components");
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".ts"));
  const sources = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  const found = sources.flatMap((source) =>
    [...source.matchAll(/class (\w+) extends pulumi\.ComponentResource/g)].map(([, name]) => name ?? ""),
  );
  expect(found.toSorted()).toEqual(names.toSorted());
});
