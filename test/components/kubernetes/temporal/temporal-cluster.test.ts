import { expect, test } from "vitest";
import { TemporalCluster } from "../../../../components/kubernetes/temporal/temporal-cluster.ts";
import { TemporalDevServer } from "../../../../components/kubernetes/temporal/temporal-dev-server.ts";
import { deploy, type Registered, registered } from "../../../support/mocks.ts";
import { clusterSettings, devServerSettings, ownPostgres } from "./support.ts";

const stack = "conduit/prod";

function listing(resources: readonly Registered[]): string[] {
  return resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).toSorted();
}

test("a cluster on a database that is there is these objects", async () => {
  const resources = await registered(() => new TemporalCluster("temporal", { stack, settings: clusterSettings() }));
  expect(listing(resources)).toMatchInlineSnapshot(`
    [
      "ConfigMap temporal-dynamic-config",
      "Deployment temporal-frontend",
      "Deployment temporal-history",
      "Deployment temporal-matching",
      "Deployment temporal-ui",
      "Deployment temporal-worker",
      "Job temporal-schema",
      "Namespace temporal-namespace",
      "NetworkPolicy temporal-network-closed",
      "NetworkPolicy temporal-network-dns",
      "NetworkPolicy temporal-network-frontend",
      "NetworkPolicy temporal-network-members",
      "NetworkPolicy temporal-network-to-postgres",
      "NetworkPolicy temporal-network-ui-to-frontend",
      "PodDisruptionBudget temporal-frontend-budget",
      "PodDisruptionBudget temporal-history-budget",
      "PodDisruptionBudget temporal-matching-budget",
      "PodDisruptionBudget temporal-worker-budget",
      "Service temporal-frontend-headless",
      "Service temporal-frontend-service",
      "Service temporal-history-headless",
      "Service temporal-matching-headless",
      "Service temporal-ui-service",
      "Service temporal-worker-headless",
      "TemporalCluster temporal",
    ]
  `);
});

test("a PostgreSQL of its own comes with its Service and the policy that closes it to others", async () => {
  const settings = clusterSettings({ postgres: ownPostgres });
  const resources = listing(await registered(() => new TemporalCluster("temporal", { stack, settings })));
  expect(resources.filter((line) => line.includes("postgres"))).toMatchInlineSnapshot(`
    [
      "GeneratedSecret temporal-postgres-password",
      "NetworkPolicy temporal-network-postgres",
      "NetworkPolicy temporal-network-to-postgres",
      "Service temporal-postgres-service",
      "StatefulSet temporal-postgres",
    ]
  `);
});

test("a dev server is these objects", async () => {
  const resources = await registered(() => new TemporalDevServer("temporal", { stack, settings: devServerSettings() }));
  expect(listing(resources)).toMatchInlineSnapshot(`
    [
      "Deployment temporal",
      "Namespace temporal-namespace",
      "NetworkPolicy temporal-network-closed",
      "NetworkPolicy temporal-network-dns",
      "NetworkPolicy temporal-network-frontend",
      "Service temporal-service",
      "Service temporal-ui",
      "TemporalDevServer temporal",
    ]
  `);
});

test("a namespace that others manage is not made", async () => {
  const settings = clusterSettings({ namespace: { create: false } });
  const resources = await registered(() => new TemporalCluster("temporal", { stack, settings }));
  expect(resources.filter(({ type }) => type.endsWith(":Namespace"))).toEqual([]);
});

test("the database's schema comes before every server, and the namespace before all", async () => {
  const settings = clusterSettings({ postgres: ownPostgres, internalFrontend: true });
  const resources = await deploy(() => new TemporalCluster("temporal", { stack, settings }));
  const named = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);
  const after = (name: string, type: string) =>
    resources.find((resource) => resource.name === name && resource.type.endsWith(type))?.dependsOn.map(named) ?? [];
  expect(after("temporal-schema", ":Job")).toEqual(expect.arrayContaining(["temporal-postgres", "temporal-namespace"]));
  for (const service of ["frontend", "internal-frontend", "history", "matching", "worker"]) {
    expect(after(`temporal-${service}`, ":Deployment")).toContain("temporal-schema");
  }
  for (const { name, type, dependsOn, parent } of resources.filter(({ custom }) => custom)) {
    if (!type.endsWith(":Namespace"))
      expect([name, dependsOn.map(named)]).toEqual([name, expect.arrayContaining(["temporal-namespace"])]);
    expect(parent).toMatch(/TemporalCluster::temporal$/);
  }
});

test("a cluster registers how it is reached and its shards, which later runs compare", async () => {
  const resources = await deploy(() => new TemporalCluster("temporal", { stack, settings: clusterSettings() }));
  expect(resources.find(({ type }) => type === "conduit:kubernetes:TemporalCluster")?.outputs).toEqual([
    "endpoint",
    "numHistoryShards",
    "ready",
  ]);
});
