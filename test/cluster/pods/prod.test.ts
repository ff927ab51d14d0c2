import type { V1Job, V1Namespace, V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { working } from "../../support/algorithms.ts";
import { openTemporalUi } from "../../support/temporal-ui.ts";
import { forward } from "../support/forward.ts";
import { Objects } from "../support/objects.ts";
import { prodSettings, provideForProd } from "../support/prod-temporal.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { serverParts } from "../support/server-parts.ts";
import { isPodReady } from "../support/workloads.ts";

// The stack `prod` that comes with the repository, with nothing played: Temporal's services on PostgreSQL, its web UI and KEDA.

let stack: RealStack;
let objects: Objects;

beforeAll(async () => {
  const entry = { cpu: "10m", scaling: { min: 1, max: 2 } };
  stack = await openRealStack({
    name: "prod",
    algorithms: { ranker: { files: working("first"), entry } },
    keda: true,
    settings: await prodSettings(),
    provide: provideForProd,
  });
  objects = new Objects(stack.cluster.kubeconfig);
});

afterAll(() => stack?.close());

test("Temporal's services are brought up on a PostgreSQL that knew nothing of them, and a workflow is answered", async () => {
  await stack.conduit("up");
  const [schema] = await objects.list<V1Job>({ apiVersion: "batch/v1", kind: "Job" }, { namespace: "temporal" });
  expect(schema?.status?.succeeded).toBe(1);
  expect(await serverParts(objects)).toMatchInlineSnapshot(`
    [
      "temporal-frontend 2/2",
      "temporal-history 3/3",
      "temporal-matching 2/2",
      "temporal-ui 1/1",
      "temporal-worker 2/2",
    ]
  `);
  expect(await stack.conduit("call", "ranker", "work", "0")).toBe('"first"\n');
});

test("Temporal's UI lists the run, whose history says which commit and version of the algorithm answered", async () => {
  const way = await forward(stack.cluster, "temporal", "temporal-ui", 8080);
  const ui = await openTemporalUi(`http://${way.address}`);
  try {
    await ui.shows("prod-workflows", "workflows", ["call-work-", "Completed"]);
    const link = await ui.page.getByRole("link", { name: "call-work-" }).first().getAttribute("href");
    const run = /workflows\/[^/]+\/[^/?]+/.exec(link ?? "")?.[0];
    const [{ liveCommit, liveVersion }] = JSON.parse(await stack.conduit("status", "--json")).algorithms;
    const identity = `ranker@${liveCommit.slice(0, 12)}+${liveVersion}@`;
    await ui.shows("prod-history", `${run}/history/events/6`, ["Activity Task Started", identity]);
  } finally {
    await ui.close();
    await way.close();
  }
});

test("a second commit is answered", async () => {
  await stack.repositories.ranker?.commit(working("second"));
  await stack.conduit("up");
  expect(await stack.conduit("call", "ranker", "work", "0")).toBe('"second"\n');
});

test("`down` leaves the database and the namespace of its password as they were", async () => {
  await stack.conduit("down", "--yes");
  expect(await serverParts(objects)).toEqual([]);
  const speech = { apiVersion: "v1", kind: "Namespace", metadata: { name: "speech" } };
  await objects.wait<V1Namespace>(speech, (found) => found === undefined);
  const database = { apiVersion: "v1", kind: "Pod", metadata: { name: "temporal-postgres-0", namespace: "databases" } };
  expect(isPodReady(await objects.get<V1Pod>(database))).toBe(true);
});
