import type { V1Job, V1Namespace, V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { working } from "../../support/algorithms.ts";
import { startLoad } from "../../support/load.ts";
import { openTemporalUi } from "../../support/temporal-ui.ts";
import { forward } from "../support/forward.ts";
import { inCluster } from "../support/in-cluster.ts";
import { inFlight } from "../support/in-flight.ts";
import { containerOf, killPod } from "../support/kill-pod.ts";
import { Objects } from "../support/objects.ts";
import { prodSettings, provideForProd } from "../support/prod-temporal.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { serverParts } from "../support/server-parts.ts";
import { isPodReady } from "../support/workloads.ts";

// The stack `prod` that comes with the repository, with nothing played: Temporal's services on PostgreSQL, its web UI and KEDA.

let stack: RealStack;
let objects: Objects;

const database = { apiVersion: "v1", kind: "Pod", metadata: { name: "temporal-postgres-0", namespace: "databases" } };

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

describe("under a load all that was started is done, and no activity is tried again more than once,", () => {
  test.each([
    ["history", "deleted at once"],
    ["frontend", "its processes killed"],
  ] as const)("when all pods of Temporal's %s are killed: %s", async (service, how) => {
    const where = { namespace: "temporal", labels: `app.kubernetes.io/component=${service}` };
    const pods = () => objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, where);
    await underLoad(async () => {
      const killed = await pods();
      await Promise.all(killed.map((pod) => killPod(objects, pod, how)));
      const containers = new Set(killed.map(containerOf));
      await eventually(
        async () => {
          const found = await pods();
          const renewed = found.filter((pod) => isPodReady(pod) && !containers.has(containerOf(pod)));
          return renewed.length === killed.length && found.length === killed.length;
        },
        { seconds: 180 },
      );
    });
  });

  test("when PostgreSQL is restarted", async () => {
    const before = await objects.get<V1Pod>(database);
    await underLoad(async () => {
      await objects.delete(database);
      const isAnother = (found?: V1Pod) => found?.metadata?.uid !== before?.metadata?.uid;
      await objects.wait<V1Pod>(database, (found) => isAnother(found) && isPodReady(found));
    });
  });
});

test("`down` leaves the database and the namespace of its password as they were", async () => {
  await stack.conduit("down", "--yes");
  expect(await serverParts(objects)).toEqual([]);
  const speech = { apiVersion: "v1", kind: "Namespace", metadata: { name: "speech" } };
  await objects.wait<V1Namespace>(speech, (found) => found === undefined);
  expect(isPodReady(await objects.get<V1Pod>(database))).toBe(true);
});

/** Does harm while activities run, and looks at what became of all once it is over and activities run again. */
async function underLoad(harm: () => Promise<void>): Promise<void> {
  const { address, command } = await inCluster(stack.cluster);
  const load = await startLoad(
    {
      ...{ address, namespace: "speech", queue: "ranker", count: 40, within: 20 },
      ...{ shortest: 0.5, longest: 4, timeout: 20 },
    },
    command,
  );
  const works = () => eventually(async () => (await inFlight(stack.cluster, "ranker")) > 0, { seconds: 120 });
  await works();
  const from = Date.now();
  await harm();
  const until = Date.now();
  await works();
  const facts = await load.enough();

  const retried = facts.filter(({ attempt }) => attempt > 1);
  const seconds = Math.round((until - from) / 1000);
  console.log(`Harmed for ${seconds} s: ${retried.length} of ${facts.length} activities were tried again.`);
  expect(facts.length).toBeGreaterThanOrEqual(40);
  expect(facts.some(({ startedAt }) => startedAt < from)).toBe(true);
  expect(facts.some(({ startedAt }) => startedAt > until)).toBe(true);
  expect(retried.filter(({ attempt }) => attempt > 2)).toEqual([]);
}
