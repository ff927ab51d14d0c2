import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { KubernetesObject, V1Secret } from "@kubernetes/client-node";
import * as k8s from "@pulumi/kubernetes";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporalCluster } from "../../components/kubernetes/temporal/temporal-cluster.ts";
import { clusterSettings, ownPostgres } from "../components/kubernetes/temporal/support.ts";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { Objects } from "./support/objects.ts";
import { testStack } from "./support/stack.ts";

// Temporal's cluster through the real engine: what a change of its settings changes, and what it leaves alone.

let cluster: Cluster;
let objects: Objects;
let folder: string;
let stack: Stack;
/** What differs from one run to the next. */
let changed: Record<string, unknown> = {};

function program(): void {
  const provider = new k8s.Provider("kubernetes", { kubeconfig: cluster.kubeconfig, enableConfigMapMutable: true });
  const postgres = { ...ownPostgres, storageClass: "standard", deleteWithStack: true };
  const settings = clusterSettings({ postgres, ...changed });
  new TemporalCluster("temporal", { stack: "platform/test", settings }, { provider });
}

beforeAll(async () => {
  cluster = await startCluster({ crds: false });
  objects = new Objects(cluster.kubeconfig);
  folder = await mkdtemp(path.join(tmpdir(), "conduit-temporal-cluster-"));
  const environment = { KUBECONFIG: cluster.kubeconfig };
  stack = await testStack(async () => program(), { folder, plugins: ["kubernetes"], environment });
});

afterAll(async () => {
  await cluster?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Runs `up` with other settings; answers what was done to which resources. */
async function up(written: Record<string, unknown>): Promise<string[]> {
  changed = written;
  const done: string[] = [];
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    const { op, urn } = resourcePreEvent?.metadata ?? { op: "same", urn: "" };
    if (op !== "same") done.push(`${op} ${urn.split("::").at(-1)}`);
  };
  await stack.up({ onEvent });
  return done.toSorted();
}

async function jobs(): Promise<(string | undefined)[]> {
  const kind = { apiVersion: "batch/v1", kind: "Job" };
  const list = await objects.list<KubernetesObject>(kind, { namespace: "temporal" });
  return list.map(({ metadata }) => metadata?.name);
}

const servers = ["frontend", "history", "matching", "worker"].map((service) => `update temporal-${service}`);

test("a cluster comes up, the second run and a refresh change nothing, and no state has the password", async () => {
  await up({});
  expect(await up({})).toEqual([]);
  await stack.refresh({ expectNoChanges: true });
  const reference = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "temporal-postgres", namespace: "temporal" },
  };
  const secret = await objects.get<V1Secret>(reference);
  const encoded = secret?.data?.password ?? "";
  const password = Buffer.from(encoded, "base64").toString();
  expect(password).toHaveLength(32);
  const state = JSON.stringify(await stack.exportStack());
  expect(state).not.toContain(password);
  expect(state).not.toContain(encoded);
});

test("a new version runs the schema's Job anew, before the servers, and no field refuses it", async () => {
  const [before] = await jobs();
  const done = await up({ version: "1.31.3" });
  expect(done).toEqual(
    [
      ...servers,
      "create-replacement temporal-schema",
      "delete-replaced temporal-schema",
      "replace temporal-schema",
    ].toSorted(),
  );
  const [after, ...others] = await jobs();
  expect(others).toEqual([]);
  expect(after).toContain("temporal-schema-1-31-3-");
  expect(after).not.toBe(before);
});

test("other dynamic settings roll the servers; the old ones are there until they have", async () => {
  const done = await up({ version: "1.31.3", dynamicConfig: { "limit.maxIDLength": 255 } });
  const config = ["create-replacement", "replace", "delete-replaced"].map((op) => `${op} temporal-dynamic-config`);
  expect(done).toEqual([...servers, ...config].toSorted());
});

test("what was made goes with the stack, the volume too where that was asked for", async () => {
  await stack.destroy();
  await objects.wait(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "temporal" } },
    (object) => object === undefined,
  );
});
