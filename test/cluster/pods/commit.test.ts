import type { V1Deployment } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answering } from "../../support/algorithms.ts";
import { Objects } from "../support/objects.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";

// From a commit to an answer with nothing played: Temporal and the workers are pods on a real node.

let stack: RealStack;

beforeAll(async () => {
  stack = await openRealStack({ algorithms: { ranker: { files: answering("first") } } });
});

afterAll(() => stack?.close());

test("a commit is answered by a pod, and the next one by another, in which nothing of the first is left", async () => {
  await stack.conduit("up");
  expect(await stack.conduit("call", "ranker", "answer")).toBe('"first"\n');
  await stack.repositories.ranker?.commit(answering("second"));
  await stack.conduit("up");
  expect(await stack.conduit("call", "ranker", "answer")).toBe('"second"\n');
  const worker = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "ranker", namespace: "speech" } };
  const { status } = (await new Objects(stack.cluster.kubeconfig).get<V1Deployment>(worker)) ?? {};
  expect(status).toMatchObject({ readyReplicas: 1, updatedReplicas: 1 });
  await stack.conduit("down", "--yes");
});
