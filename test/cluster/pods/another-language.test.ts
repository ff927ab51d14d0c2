import { readFile } from "node:fs/promises";
import path from "node:path";
import type { V1Deployment } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { moveTag } from "../support/move-tag.ts";
import { Objects } from "../support/objects.ts";
import { type OpenTemporal, openTemporal } from "../support/open-temporal.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { pushTypescriptImages, typescriptExample } from "../support/typescript-image.ts";
import { untilWorkers, workerDeployment, workerPods } from "../support/workers.ts";

// The example of an image in another language keeps the worker contract, on a real node and scaled by KEDA.

let stack: RealStack;
let objects: Objects;
let temporal: OpenTemporal;

/** Beside the example's activities, one that takes its time. */
const ponder = `
import { setTimeout } from "node:timers/promises";
import { activityInfo } from "@temporalio/activity";

export async function ponder(seconds: number): Promise<string> {
  await setTimeout(seconds * 1000);
  return \`attempt \${activityInfo().attempt}\`;
}
`;

const second = `export async function extractKeywords(): Promise<string> {
  return "second";
}
`;

const options = { taskQueue: "keywords", startToCloseTimeout: "1m" } as const;
const worker = workerDeployment("keywords");

beforeAll(async () => {
  const first = await readFile(path.join(typescriptExample, "activities.ts"), "utf8");
  stack = await openRealStack({ algorithms: {}, keda: true });
  const { registry, project, cluster } = stack;
  await pushTypescriptImages(registry, { "keywords:1.0": first + ponder, "keywords:next": second });
  const scaling = { min: 0, max: 1, idleAfter: "10s" };
  const settings = { cpu: "10m", memory: "512Mi", shutdownGrace: "8s" };
  const source = { image: `${registry.host}/keywords:1.0` };
  const keywords = { namespace: "speech", owner: "us", source, scaling, ...settings };
  await project.writeRegistry({ namespaces: { speech: { owner: "us" } }, algorithms: { keywords } });
  objects = new Objects(cluster.kubeconfig);
});

afterAll(async () => {
  await temporal?.close();
  await stack?.close();
});

test("an image in TypeScript passes its gate, and a call wakes a worker that answers and says what it is", async () => {
  await stack.conduit("up");
  temporal = await openTemporal(stack.project, "dev");
  const text = "The weather is cold: cold weather and wind, says who keeps the weather.";
  const running = await temporal.client.activity.start("extractKeywords", { ...options, id: "weather", args: [text] });
  expect((await running.result()).slice(0, 2)).toEqual([
    { word: "weather", count: 3 },
    { word: "cold", count: 2 },
  ]);
  const { spec } = (await objects.get<V1Deployment>(worker)) ?? {};
  const version = spec?.template.metadata?.annotations?.["algorithm-conduit/version"];
  const { lastWorkerIdentity } = await running.describe();
  expect(lastWorkerIdentity).toMatch(new RegExp(`^keywords@1\\.0\\+${version}@keywords-[-a-z0-9]+:1$`));
});

test("it is not taken away while it works, as its metrics tell, and is when nothing is left to do", async () => {
  const answer = await temporal.client.activity.execute("ponder", { ...options, id: "long", args: [25] });
  expect(answer).toBe("attempt 1");
  await untilWorkers(objects, "keywords", 0);
});

test("told to stop, it finishes what it runs", async () => {
  const running = await temporal.client.activity.start("ponder", { ...options, id: "until-the-end", args: [5] });
  await eventually(async () => (await running.describe()).runState === "STARTED", { seconds: 60 });
  const [pod] = await workerPods(objects, "keywords");
  await objects.delete({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod?.metadata?.name ?? "", namespace: "speech" },
  });
  expect(await running.result()).toBe("attempt 1");
});

test("its tag moved is a new version at the next `up`", async () => {
  const digest = await moveTag(stack.registry, "keywords", { from: "next", to: "1.0" });
  await stack.conduit("up");
  expect(await stack.conduit("call", "keywords", "extractKeywords", '""')).toBe('"second"\n');
  const { spec } = (await objects.get<V1Deployment>(worker)) ?? {};
  expect(spec?.template.spec?.containers[0]?.image).toBe(`${stack.registry.host}/keywords@${digest}`);
  await stack.conduit("down", "--yes");
});
