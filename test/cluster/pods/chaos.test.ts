import { setTimeout as sleep } from "node:timers/promises";
import type { V1Deployment } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AlgorithmStatus, statusSchema } from "../../../cli/json/status.ts";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { pyproject } from "../../support/algorithms.ts";
import { type Facts, type Load, type LostAttempt, lostAttempts, runLoad } from "../../support/load.ts";
import { randomFrom } from "../../support/random.ts";
import { seed } from "../../support/seed.ts";
import { type InCluster, inCluster } from "../support/in-cluster.ts";
import { type Kill, killings, killPod } from "../support/kill-pod.ts";
import { Objects } from "../support/objects.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { workerDeployment, workerPods } from "../support/workers.ts";
import { isPodReady } from "../support/workloads.ts";

// Workers, their memory, their code and the Kubernetes API fail while work goes on; Temporal and the workers are real pods.

let stack: RealStack;
let objects: Objects;
let cluster: InCluster;

const workers = 3;

/** An algorithm that takes its time. */
function working(version: string, before = ""): Record<string, string> {
  return {
    "algorithm.py": `import time

from temporalio import activity

${before}

@activity.defn
def work(seconds: float) -> str:
    time.sleep(seconds)
    return ${JSON.stringify(version)}
`,
    "pyproject.toml": pyproject(`
[tool.conduit]
cpu = "10m"
concurrency = 4
`),
  };
}

/** An algorithm that takes more memory than it may, or ends its process. */
const fragile = {
  "algorithm.py": `import os

from temporalio import activity


@activity.defn
def hoard() -> int:
    print("taking all")
    return len(os.urandom(1) * 1_000_000_000)


@activity.defn
def leave() -> None:
    os._exit(3)
`,
  "pyproject.toml": pyproject(`
[tool.conduit]
cpu = "10m"
memory = "192Mi"

[tool.conduit.timeouts]
startToClose = "5s"
`),
};

beforeAll(async () => {
  console.log(`Which workers are killed, how, and when is random: TEST_SEED=${seed} repeats it.`);
  const entry = { scaling: { min: workers, max: workers }, timeouts: { startup: "30s" } };
  stack = await openRealStack({
    algorithms: { ranker: { files: working("first"), entry }, fragile: { files: fragile } },
    // As long as that, and half a minute more, a run waits for the cluster to come back.
    settings: { kubernetes: { podStart: "1m" } },
  });
  objects = new Objects(stack.cluster.kubeconfig);
  await stack.conduit("up");
  cluster = await inCluster(stack.cluster);
});

afterAll(() => stack?.close());

test("workers are killed at random: all that was started is done, and nothing is tried more often than it was killed", async () => {
  const random = randomFrom(seed);
  const [count, within] = [150, 40];
  const loading = underLoad({ count, within, shortest: 0.3, longest: 4, timeout: 20 });
  const kills: Kill[] = [];
  for (const end = Date.now() + within * 1000; Date.now() < end; ) {
    await sleep(random() * 5000);
    const how = oneOf(killings, random());
    const pod = oneOf((await workerPods(objects, "ranker")).filter(isPodReady), random());
    if (pod !== undefined && how !== undefined) kills.push(await killPod(objects, pod, how));
  }
  const facts = await loading();
  const retried = facts.filter(({ attempt }) => attempt > 1);
  console.log(`${kills.length} workers were killed, ${retried.length} of ${facts.length} activities tried again.`);
  expect(facts.length).toBe(count);
  for (const activity of retried) {
    const killed = lostAttempts(activity).filter((lost) => kills.some((kill) => hits(kill, lost)));
    expect(activity).toMatchObject({ attempt: 1 + killed.length });
  }
  // The kills have to have hit something, or nothing was shown.
  expect(retried).not.toEqual([]);
});

test("the Kubernetes API goes away in the middle of a rollout: work goes on, the run says so once, and the next one completes it", async () => {
  await stack.repositories.ranker?.commit(working("second"));
  const { child, outcome } = stack.project.start("up", "--stack", "dev");
  await eventually(async () => isHalfway(await objects.get<V1Deployment>(workerDeployment("ranker"))), {
    seconds: 300,
  });
  expect(child.exitCode).toBeNull();
  await stack.cluster.apiServer.stop();
  const loading = underLoad({ count: 40, within: 10, shortest: 0.3, longest: 2 });
  const { code, stderr } = await outcome;
  const facts = await loading();
  await stack.cluster.apiServer.start();
  expect(code).toBe(1);
  expect(stderr.match(/The Kubernetes API .*cannot be reached/g)).toHaveLength(1);
  expect(facts.length).toBe(40);
  expect(facts.filter(({ attempt }) => attempt !== 1)).toEqual([]);

  await stack.conduit("up");
  expect(await stack.conduit("call", "ranker", "work", "0")).toBe('"second"\n');
  expect(await statusOf("ranker")).toMatchObject({ state: "live", upToDate: true, workers: { ready: workers } });
});

test("of a worker that takes more memory than it may, its end is told, and what it ran and said", async () => {
  await expect(stack.conduit("call", "fragile", "hoard")).rejects.toThrow("did not end");
  const running = [{ activity: "hoard", workflowId: expect.any(String), attempt: 1 }];
  expect(await restarted("fragile")).toMatchObject({ count: 1, how: "OOMKilled", running });
  const told = (await stack.conduit("status", "fragile")).replaceAll(/\s+/g, " ");
  expect(told).toContain("because it took more memory than it may (OOMKilled) while it ran `hoard` of the workflow");
  expect(told).toContain("raise its `memory`.");
  expect(await stack.conduit("logs", "fragile")).toContain("taking all");
});

test("of a worker that an activity ends, its end is told, and what it ran", async () => {
  await expect(stack.conduit("call", "fragile", "leave")).rejects.toThrow("did not end");
  const running = [{ activity: "leave", workflowId: expect.any(String), attempt: 1 }];
  expect(await restarted("fragile", 2)).toMatchObject({ count: 2, how: "exit code 3", running });
});

test("a commit that cannot be imported is refused, the version before it serves, and the next good one heals it", async () => {
  await stack.repositories.ranker?.commit(working("broken", 'raise RuntimeError("no model")'));
  const { code, stderr } = await stack.project.conduit("up", "--stack", "dev");
  expect(code).toBe(1);
  expect(stderr).toContain("no model");
  expect(await stack.conduit("call", "ranker", "work", "0")).toBe('"second"\n');
  expect(await statusOf("ranker")).toMatchObject({
    ...{ state: "live", upToDate: false },
    problem: expect.stringContaining("no model"),
  });

  await stack.repositories.ranker?.commit(working("third"));
  await stack.conduit("up");
  expect(await stack.conduit("call", "ranker", "work", "0")).toBe('"third"\n');
  expect(await statusOf("ranker")).toMatchObject({ state: "live", upToDate: true, problem: null });
  await stack.conduit("down", "--yes");
});

async function statusOf(name: string): Promise<AlgorithmStatus> {
  const { algorithms } = statusSchema.parse(JSON.parse(await stack.conduit("status", name, "--json")));
  const [found] = algorithms;
  if (found === undefined) throw new Error(`There is no status of \`${name}\`.`);
  return found;
}

/** Once its worker serves again after it has ended so often. */
async function restarted(name: string, times = 1): Promise<AlgorithmStatus["restarts"]> {
  let status = await statusOf(name);
  await eventually(
    async () => {
      status = await statusOf(name);
      return status.state === "live" && (status.restarts?.count ?? 0) >= times;
    },
    { seconds: 120 },
  );
  expect(status.problem).toBeNull();
  return status.restarts;
}

/** Has workflows run; a failure of theirs is kept until it is asked for. */
function underLoad(load: Omit<Load, "address" | "namespace" | "queue">): () => Promise<Facts[]> {
  const { address, command } = cluster;
  const running = runLoad({ address, namespace: "speech", queue: "ranker", ...load }, command);
  running.catch(() => undefined);
  return () => running;
}

/** Whether some workers are of the new version, and others of the old. */
function isHalfway(found: V1Deployment | undefined): boolean {
  const { updatedReplicas = 0, observedGeneration = 0 } = found?.status ?? {};
  return observedGeneration > 1 && updatedReplicas > 0 && updatedReplicas < workers;
}

/** Whether a kill may have been the end of an attempt. */
function hits({ pod, from, until }: Kill, { identity, startedAt, endedBy }: LostAttempt): boolean {
  return identity.includes(`@${pod}:`) && startedAt <= until && from <= endedBy;
}

/** One of several, by a number from 0 to 1. */
function oneOf<T>(all: readonly T[], random: number): T | undefined {
  return all[Math.floor(random * all.length)];
}
