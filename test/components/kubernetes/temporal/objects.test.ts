import { expect, test } from "vitest";
import { z } from "zod";
import { type ObjectReference, referenceKey } from "../../../../components/kubernetes/ownership.ts";
import { clusterObjects, devServerObjects } from "../../../../components/kubernetes/temporal/objects.ts";
import { TemporalCluster } from "../../../../components/kubernetes/temporal/temporal-cluster.ts";
import { TemporalDevServer } from "../../../../components/kubernetes/temporal/temporal-dev-server.ts";
import { deploy } from "../../../support/mocks.ts";
import { clusterSettings, devServerSettings, existingPostgres, ownPostgres } from "./support.ts";

const stack = "conduit/prod";
const manifest = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

/** The objects that a component makes, and those that are said of it beforehand. */
async function compare(program: () => unknown, said: readonly ObjectReference[]) {
  const made = (await deploy(program)).filter(({ type }) => type.startsWith("kubernetes:"));
  const objects = made.map(({ inputs }) => {
    const { metadata, ...kind } = manifest.parse(inputs);
    return referenceKey({ ...kind, ...metadata });
  });
  return [objects.toSorted(), said.map(referenceKey).toSorted()] as const;
}

test.each([
  { postgres: existingPostgres },
  { postgres: ownPostgres, internalFrontend: true, uiClients: [{ namespace: "ingress" }] },
  { ui: false, namespace: { create: false }, services: { worker: { replicas: 1 } } },
])("what a cluster is made of is known before anything is made: %j", async (written) => {
  const args = { stack, settings: clusterSettings(written), metricsFrom: "monitoring", pullSecrets: ["registry"] };
  const [made, said] = await compare(() => new TemporalCluster("temporal", args), clusterObjects(args));
  expect(made).toEqual(said);
  expect(new Set(made).size).toBe(made.length);
});

test.each([{}, { persistence: { size: "5Gi" }, ui: false, namespace: { create: false } }])(
  "what a dev server is made of is known before anything is made: %j",
  async (written) => {
    const args = { stack, settings: devServerSettings(written) };
    const [made, said] = await compare(() => new TemporalDevServer("temporal", args), devServerObjects(args));
    expect(made).toEqual(said);
  },
);
