import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import type { WorkflowExecutionDescription, WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { activitiesOf, type Engineer, startEngineer } from "../support/engineer.ts";
import { Objects } from "../support/objects.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { requestsTo } from "../support/requests.ts";
import { counting, idleSeconds, scaledAlgorithms, training } from "../support/scaled-algorithms.ts";
import { untilWorkers, workerDeployment, workerPods } from "../support/workers.ts";

// KEDA, Temporal and the workers are pods on a real node: workers come with work, go without it, and are never stopped at it.

let stack: RealStack;
let objects: Objects;
let engineer: Engineer;

beforeAll(async () => {
  stack = await openRealStack({ algorithms: scaledAlgorithms, keda: true });
  objects = new Objects(stack.cluster.kubeconfig);
  await stack.conduit("up");
  engineer = await startEngineer(stack);
}, 900_000);

afterAll(async () => {
  await engineer?.close();
  await stack?.close();
});

test("a burst wakes workers, as many as are allowed and no more, and they go when it is over", async () => {
  await untilWorkers(objects, "tagger", 0);
  const texts = Array.from({ length: 900 }, (_, number) => `text ${number}`);
  const began = Date.now();
  const burst = await engineer.start("TagAll", texts);
  expect(await burst.result()).toEqual(texts.map((text) => text.toUpperCase()));
  const activities = await activitiesOf(burst);
  const seconds = activities.map(({ endedAt }) => (endedAt - began) / 1000);
  const workers = new Set(activities.map(({ identity }) => identity));
  const [first, last] = [Math.min(...seconds), Math.max(...seconds)].map((figure) => figure.toFixed(1));
  console.log(`From zero: first activity after ${first} s, all 900 after ${last} s, by ${workers.size} workers.`);
  expect(workers.size).toBeGreaterThan(1);
  expect(workers.size).toBeLessThanOrEqual(5);
  expect(activities.filter(({ attempt }) => attempt > 1)).toEqual([]);
  await untilWorkers(objects, "tagger", 0);
  const { algorithms } = JSON.parse(await stack.conduit("status", "tagger", "--json"));
  expect(algorithms).toMatchObject([{ state: "asleep", problem: null }]);
});

// Each waits for other things most of the time.
describe.concurrent("workers that are", () => {
  test("at a long work are left at it by what idles and by a rollout; one that is evicted is gone on with elsewhere", async ({
    onTestFinished,
  }) => {
    const long = await engineer.start("Train", 600);
    onTestFinished(() => ended(long));
    await untilTold(long, 2 * idleSeconds);
    expect(await workerPods(objects, "trainer")).toHaveLength(1);
    await stack.repositories.trainer?.commit(training("second"));
    await stack.conduit("deploy", "trainer");
    // The new version's first worker has nothing to do: not the one that is about to go is to be at the next work.
    await untilWorkers(objects, "trainer", 0);
    const evicted = await engineer.start("Train", 600);
    onTestFinished(() => ended(evicted));
    await untilTold(evicted, 5);
    await evict(await podAt(evicted), 1);
    await untilActivity(evicted, ({ attempt, state }) => attempt === 2 && state === started);
    await evicted.signal("enough");
    const { first, ...rest } = await evicted.result();
    expect(rest).toEqual({ version: "second", attempt: 2 });
    expect(first).toBeGreaterThanOrEqual(5);
    await untilTold(long, 60);
    await long.signal("enough");
    expect(await long.result()).toEqual({ version: "first", attempt: 1, first: 0 });
  });

  test("on two lanes serve a queue each, with their own resources and scaling", async () => {
    const search = await engineer.start("Search", ["a b", "b c"], "b");
    expect(await search.result()).toEqual({ places: [0, 1], queues: ["ranker.offline", "ranker.online"] });
    expect(await memoryOf("ranker-online")).toBe("256Mi");
    expect(await memoryOf("ranker-offline")).toBe("512Mi");
    await untilWorkers(objects, "ranker-offline", 0);
    await untilWorkers(objects, "ranker-online", 1);
  });

  test("keeping a volume find it again after a pod's death and a rollout, of whose gap the preview tells", async () => {
    const count = () => stack.conduit("call", "counter", "count");
    expect(await count()).toBe('"1 by first"\n');
    const [before] = await workerPods(objects, "counter");
    await endPod(before, 0);
    expect(await count()).toBe('"2 by first"\n');
    const [after] = await workerPods(objects, "counter");
    expect(after?.metadata?.uid).not.toBe(before?.metadata?.uid);
    await stack.repositories.counter?.commit(counting("second"));
    const { gaps } = JSON.parse(await stack.conduit("preview", "--json"));
    expect(gaps).toEqual({ counter: expect.stringContaining("has a gap: it keeps a volume") });
    await stack.conduit("deploy", "counter");
    expect(await count()).toBe('"3 by second"\n');
  });
});

test("all of it is taken down, workers that sleep as those that do not", async () => {
  await stack.conduit("down", "--yes");
});

async function memoryOf(name: string): Promise<string | undefined> {
  const worker = await objects.get<V1Deployment>(workerDeployment(name));
  return worker?.spec?.template.spec?.containers[0]?.resources?.requests?.memory;
}

/** The name of the pod that is at a workflow's one activity; it may have been told to end after that. */
async function podAt(handle: WorkflowHandle): Promise<string> {
  const { raw } = await handle.describe();
  return /@([^@:]+):\d+$/.exec(raw.pendingActivities?.[0]?.lastWorkerIdentity ?? "")?.[1] ?? "";
}

/** Ends a workflow whose test failed, since the pod that is at it would be waited for. */
async function ended(handle: WorkflowHandle): Promise<void> {
  await handle.terminate().catch(() => undefined);
}

/** Waits until a workflow's one activity has told that it is as far as this. */
async function untilTold(handle: WorkflowHandle, step: number): Promise<void> {
  await untilActivity(handle, ({ heartbeatDetails }) => {
    const told = heartbeatDetails?.payloads?.[0]?.data;
    return told !== undefined && told !== null && Number(Buffer.from(told).toString()) >= step;
  });
}

type PendingActivity = NonNullable<NonNullable<WorkflowExecutionDescription["raw"]["pendingActivities"]>[number]>;

/** temporal.api.enums.v1.PendingActivityState */
const started = 2;

/** Waits for something to be so with a workflow's one activity. */
async function untilActivity(handle: WorkflowHandle, isSo: (activity: PendingActivity) => boolean): Promise<void> {
  const look = async () => ((await handle.describe()).raw.pendingActivities ?? []).some(isSo);
  await eventually(look, { seconds: 120 });
}

async function endPod(pod: V1Pod | undefined, graceSeconds: number): Promise<void> {
  const path = `/api/v1/namespaces/speech/pods/${pod?.metadata?.name}`;
  const body = { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: graceSeconds };
  await requestsTo(stack.cluster.kubeconfig)({ method: "DELETE", path, body });
}

/** As a drain of the node does. */
async function evict(name: string, graceSeconds: number): Promise<void> {
  const metadata = { name, namespace: "speech" };
  const path = `/api/v1/namespaces/speech/pods/${name}/eviction`;
  const deleteOptions = { gracePeriodSeconds: graceSeconds };
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata, deleteOptions };
  await requestsTo(stack.cluster.kubeconfig)({ method: "POST", path, body });
}
