import type { KubernetesObject } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Monitoring } from "../../components/kubernetes/monitoring.ts";
import { monitoringSettings } from "../../components/kubernetes/monitoring-settings.ts";
import { TemporalCluster } from "../../components/kubernetes/temporal/temporal-cluster.ts";
import { TemporalDevServer } from "../../components/kubernetes/temporal/temporal-dev-server.ts";
import {
  clusterSettings,
  devServerSettings,
  existingPostgres,
  ownPostgres,
} from "../components/kubernetes/temporal/support.ts";
import { deploy } from "../support/mocks.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { type Manifest, Objects } from "./support/objects.ts";

const stack = "conduit/prod";
const manifestShape = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  cluster = await startCluster();
  objects = new Objects(cluster.kubeconfig);
});

afterAll(async () => cluster?.stop());

/**
 * Creates what a component would have the engine create, in its order. Unknown fields are errors; what the API server
 * would store otherwise than it was written would look like a change by hand in every later run.
 */
async function create(program: () => unknown): Promise<Manifest[]> {
  const resources = (await deploy(program)).filter(({ type }) => type.startsWith("kubernetes:"));
  const manifests = resources.map(({ inputs }): Manifest => {
    const { metadata, ...rest } = manifestShape.parse(inputs);
    const { namespace, ...named } = metadata;
    return { ...rest, metadata: namespace === undefined ? named : { ...named, namespace } };
  });
  for (const manifest of manifests) expect(await objects.create(manifest)).toMatchObject(manifest);
  return manifests;
}

interface Workload extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number; readonly succeeded?: number };
}

interface Endpoints extends KubernetesObject {
  readonly subsets?: readonly { readonly addresses?: readonly unknown[] }[];
}

/** Waits until all pods are there: Pod Security lets none in that is not `restricted`, and kwok then has them ready. */
async function untilReady(manifests: readonly Manifest[]): Promise<string[]> {
  const workloads = manifests.filter(({ kind }) => ["Deployment", "StatefulSet", "Job"].includes(kind));
  for (const workload of workloads) {
    await objects.wait<Workload>(workload, (object) =>
      workload.kind === "Job"
        ? object?.status?.succeeded === 1
        : object?.status?.readyReplicas === object?.spec?.replicas,
    );
  }
  return workloads.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

async function levels(namespace: string): Promise<unknown> {
  const found = await objects.get<KubernetesObject>({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  return found?.metadata?.labels?.["pod-security.kubernetes.io/enforce"];
}

test("a cluster on a PostgreSQL of its own is accepted with every field, and Pod Security admits all its pods", async () => {
  const settings = clusterSettings({
    namespace: { name: "temporal-own" },
    postgres: { ...ownPostgres, storageClass: "standard" },
    internalFrontend: true,
    uiClients: [{ namespace: "ingress" }],
    clients: [{ namespace: "speech", labels: { app: "workflows" } }],
    dynamicConfig: { "limit.maxIDLength": 255 },
  });
  const args = { stack, settings, metricsFrom: "monitoring", pullSecrets: ["registry"] };
  const ready = await untilReady(await create(() => new TemporalCluster("temporal", args)));
  expect(await levels("temporal-own")).toBe("restricted");
  expect(ready).toHaveLength(8);
});

test("a cluster on a PostgreSQL that is there, with TLS, is accepted likewise", async () => {
  const tls = { ca: { name: "db-ca", key: "ca.crt" }, clientCertificate: "db-client" };
  const settings = clusterSettings({
    namespace: { name: "temporal-existing" },
    postgres: { ...existingPostgres, tls, cidrs: ["10.20.0.0/16"] },
    services: { worker: { replicas: 1 } },
  });
  const ready = await untilReady(await create(() => new TemporalCluster("temporal", { stack, settings })));
  expect(ready).toHaveLength(6);
});

test("a dev server with a volume is accepted likewise, and is found as the frontend", async () => {
  const settings = devServerSettings({
    namespace: { name: "temporal-dev" },
    persistence: { size: "1Gi", storageClass: "standard" },
  });
  const ready = await untilReady(await create(() => new TemporalDevServer("temporal", { stack, settings })));
  expect(ready).toEqual(["Deployment temporal-frontend"]);
  const endpoints = {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name: "temporal-frontend", namespace: "temporal-dev" },
  };
  await objects.wait<Endpoints>(endpoints, (object) => object?.subsets?.[0]?.addresses?.length === 1);
});

test("what Prometheus and Grafana are given is accepted by the Prometheus operator's own definitions", async () => {
  for (const name of ["speech", "monitoring", "temporal-seen"]) {
    await objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  const settings = monitoringSettings.parse({ podMonitors: true, rules: true, dashboard: true });
  const queues = [
    { algorithm: "ranker", owner: "search team", temporalNamespace: "speech", taskQueue: "ranker.online" },
  ];
  const args = { stack, settings, namespaces: ["speech"], serverNamespace: "temporal-seen", queues };
  const made = await create(() => new Monitoring("monitoring", args));
  expect(made.map(({ kind }) => kind).toSorted()).toEqual(["ConfigMap", "PodMonitor", "PodMonitor", "PrometheusRule"]);
});
