import path from "node:path";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { parseIdentity } from "../../providers/conduit/temporal/task-queue.ts";
import { working } from "../support/algorithms.ts";
import { type Facts, runLoad } from "../support/load.ts";
import { type AlgorithmRepository, makeProject, makeRepository, type Project } from "../support/project.ts";

const commits = 10;
const workflows = 300;

let project: Project;
let quick: AlgorithmRepository;
let slow: AlgorithmRepository;

beforeAll(async () => {
  project = await makeProject();
  quick = await makeRepository(path.join(project.root, "quick"), working("0"));
  slow = await makeRepository(path.join(project.root, "slow"), working("0"));
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: {
      quick: { namespace: "speech", owner: "us", source: { git: `file://${quick.folder}` } },
      slow: { namespace: "speech", owner: "us", source: { git: `file://${slow.folder}` } },
    },
  });
  await project.must("up");
});

afterAll(async () => project?.remove());

function load(queue: string, count: number, seconds: { from: number; to: number; within: number }): Promise<Facts[]> {
  const { address } = project;
  const { from: shortest, to: longest, within } = seconds;
  return runLoad({ address, namespace: "speech", queue, count, shortest, longest, within });
}

/** Commits each version and deploys it; answers when each deploy began and was over. */
async function deployAll(algorithm: string, repository: AlgorithmRepository, count: number) {
  const spans = [{ version: "0", began: 0, over: 0 }];
  for (let number = 1; number <= count; number++) {
    await repository.commit(working(String(number)));
    const began = Date.now();
    await project.must("deploy", algorithm);
    spans.push({ version: String(number), began, over: Date.now() });
  }
  return spans;
}

test(`${workflows} workflows run while ${commits} commits go live: none is lost, none is tried twice`, async () => {
  const running = settled(load("quick", workflows, { from: 0.2, to: 2, within: 60 }));
  const spans = await deployAll("quick", quick, commits);
  const facts = await running();

  expect(facts.length).toBe(workflows);
  expect(facts.filter(({ attempt }) => attempt !== 1)).toEqual([]);
  const untimely = facts.filter(({ answer, startedAt }) => {
    const index = spans.findIndex(({ version }) => version === answer);
    const began = spans[index]?.began ?? Number.POSITIVE_INFINITY;
    const replaced = spans[index + 1]?.over ?? Number.POSITIVE_INFINITY;
    return startedAt < began || startedAt > replaced;
  });
  expect(untimely).toEqual([]);
  // The load has to have met several versions, or nothing was shown.
  expect(new Set(facts.map(({ identity }) => parseIdentity(identity)?.version)).size).toBeGreaterThan(3);
});

test("an activity of five minutes spans three deploys, ends at its first attempt, and no deploy waits for it", async () => {
  const running = settled(load("slow", 1, { from: 300, to: 300, within: 0 }));
  const connection = await Connection.connect({ address: project.address });
  try {
    const client = new Client({ connection, namespace: "speech" });
    const isRunning = async () =>
      (await pendingActivities(client)).some(({ attempt, started }) => started && attempt === 1);
    await eventually(isRunning, { seconds: 60 });
    await deployAll("slow", slow, 3);
    expect(await isRunning()).toBe(true);
    const status = async () => JSON.parse(await project.must("status", "slow", "--json")).algorithms[0];
    // The versions between had nothing to finish, and end within seconds.
    await eventually(async () => (await status()).draining === 1, { seconds: 60 });
    expect(await status()).toMatchObject({ pollers: 1, inFlight: 1, draining: 1 });
    expect(await running()).toMatchObject([{ answer: "0", attempt: 1 }]);
  } finally {
    await connection.close();
  }
});

/** Keeps a failure until it is asked for: something else may fail first, and is then what the test tells. */
function settled<T>(promise: Promise<T>): () => Promise<T> {
  promise.catch(() => undefined);
  return () => promise;
}

async function pendingActivities(client: Client): Promise<{ attempt: number; started: boolean }[]> {
  const pending: { attempt: number; started: boolean }[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    for (const activity of raw.pendingActivities ?? []) {
      pending.push({ attempt: activity.attempt ?? 0, started: activity.lastStartedTime != null });
    }
  }
  return pending;
}
