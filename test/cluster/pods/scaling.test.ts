import type { V1Deployment } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pyproject } from "../../support/algorithms.ts";
import { Objects } from "../support/objects.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";

// KEDA, Temporal and the workers are pods on a real node: no worker runs until something waits, and none is stopped at work.

let stack: RealStack;
let objects: Objects;

/** Longer than a worker without anything to do is kept. */
const workSeconds = 40;

const files = {
  "algorithm.py": `import time

from temporalio import activity


@activity.defn
def think(seconds: int) -> str:
    time.sleep(seconds)
    return f"attempt {activity.info().attempt}"
`,
  "pyproject.toml": pyproject(),
};

beforeAll(async () => {
  const entry = { scaling: { min: 0, max: 2, idleAfter: "10s" } };
  stack = await openRealStack({ algorithms: { ranker: { files, entry } }, keda: true });
  objects = new Objects(stack.cluster.kubeconfig);
});

afterAll(() => stack?.close());

test("a call wakes a worker, which ends its work at the first attempt and is taken away then", async () => {
  await stack.conduit("up");
  await untilWorkers(0);
  expect(await stack.conduit("call", "ranker", "think", String(workSeconds))).toBe('"attempt 1"\n');
  await untilWorkers(0);
  await stack.conduit("down", "--yes");
});

async function untilWorkers(count: number): Promise<void> {
  const worker = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "ranker", namespace: "speech" } };
  await objects.wait<V1Deployment>(worker, (found) => found?.spec?.replicas === count);
}
