import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isUp } from "../../providers/conduit/local/supervisord.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { isRunning } from "../../tools/is-running.ts";
import { type Holding, holding, startHolding } from "../support/holding.ts";
import {
  killEverything,
  makeProject,
  makeRepository,
  type Project,
  pidOf,
  processesOf,
  runIn,
  supervisorOf,
} from "../support/project.ts";

// Whatever process is killed, workflows in flight complete, and what was lost is back by itself or with the next `up`.

let project: Project;
let workflows: Holding;

beforeAll(async () => {
  project = await makeProject();
  const { folder } = await makeRepository(path.join(project.root, "repository"), holding("1"));
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: { hold: { namespace: "speech", owner: "us", source: { git: `file://${folder}` } } },
  });
  await project.must("up");
  workflows = await startHolding(project);
});

afterAll(async () => {
  await workflows?.end();
  await project?.remove();
});

/** Kills a process, and returns once the supervisor has started it anew. */
async function killAndAwaitNext(name: "hold" | "_temporal"): Promise<void> {
  const pid = await pidOf(project, name);
  process.kill(pid, "SIGKILL");
  await eventually(async () => (await pidOf(project, name)) !== pid, { seconds: 60 });
}

async function pollers(): Promise<number> {
  return JSON.parse(await project.must("status", "--json")).algorithms[0].pollers;
}

test("a killed worker is started again, and its activity retried as soon as a heartbeat is missing", async () => {
  const held = await workflows.begin({ heartbeat: 3 });
  await killAndAwaitNext("hold");
  await held.reaches(2);
  await held.open();
  expect(await held.outcome()).toEqual({ answer: "1", attempt: 2, afterFailure: "activity Heartbeat timeout" });
});

test("without heartbeats it is retried when the attempt's time is over", async () => {
  const held = await workflows.begin({ startToClose: 10 });
  await killAndAwaitNext("hold");
  await held.reaches(2);
  await held.open();
  expect(await held.outcome()).toEqual({ answer: "1", attempt: 2, afterFailure: "activity StartToClose timeout" });
});

test("a killed Temporal server is started again: workers find it, and nothing is even retried", async () => {
  const before = await workflows.begin();
  await before.open();
  await before.outcome();
  const held = await workflows.begin({ heartbeat: 60 });
  await killAndAwaitNext("_temporal");
  await held.open();
  expect(await held.outcome()).toEqual({ answer: "1", attempt: 1, afterFailure: undefined });
  expect(await before.outcome()).toEqual({ answer: "1", attempt: 1, afterFailure: undefined });
  await eventually(async () => (await pollers()) === 1, { seconds: 60 });
  expect(await project.conduit("up")).toMatchObject({ code: 0, stderr: expect.stringContaining("Nothing changed") });
});

test("a killed supervisor takes along what it ran, and the next `up` brings all back", async () => {
  const held = await workflows.begin({ heartbeat: 10 });
  const all = (await processesOf(project)).filter(isUp);
  process.kill(await supervisorOf(project), "SIGKILL");
  await eventually(async () => all.every(({ pid }) => !isRunning(pid)), { seconds: 60 });
  await project.must("up");
  await held.reaches(2);
  await held.open();
  expect(await held.outcome()).toMatchObject({ answer: "1", attempt: 2 });
});

test("after all went at once, as with the machine, `up` brings all back, whoever has the old process ids now", async () => {
  const held = await workflows.begin({ heartbeat: 10 });
  await killEverything(project);
  const home = path.join(project.root, ".conduit");
  const stranger = String(process.pid);
  await writeFile(path.join(home, "local", "supervisord.pid"), stranger);
  const locks = path.join(home, "state", ".pulumi", "locks", "organization", "platform", "local");
  await mkdir(locks, { recursive: true });
  const lock = { pid: process.pid, username: "me", hostname: hostname(), timestamp: new Date().toISOString() };
  await writeFile(path.join(locks, "4a1ad6f5-3a5b-4b05-8d4a-3d6a1d1a9f51.json"), JSON.stringify(lock));

  await project.must("up");

  await held.reaches(2);
  await held.open();
  expect(await held.outcome()).toMatchObject({ answer: "1", attempt: 2 });
  expect(await readdir(locks)).toEqual([]);
});

/** Runs one workflow from its beginning to its end. */
async function runOne(): Promise<void> {
  await workflows.restart();
  const held = await workflows.begin();
  await held.open();
  expect(await held.outcome()).toEqual({ answer: "1", attempt: 1, afterFailure: undefined });
}

test("a namespace that somebody deleted is made again by `up`, and served at once", async () => {
  await workflows.client.connection.operatorService.deleteNamespace({ namespace: "speech" });
  expect(await project.conduit("up")).toMatchObject({ code: 0 });
  await runOne();
});

test("plain `pulumi up` does it too", async () => {
  await workflows.client.connection.operatorService.deleteNamespace({ namespace: "speech" });
  const environment = { ...process.env, ...JSON.parse(await project.must("env", "--json")) };
  const outcome = await runIn(project.root, "pulumi", ["up", "--yes", "--stack=local", "--color=never"], environment);
  expect(outcome.code, outcome.stdout).toBe(0);
  await runOne();
});

test("where Temporal's database was taken away, `up` starts with an empty one", async () => {
  for (const suffix of ["", "-wal", "-shm"]) {
    await rm(path.join(project.root, ".conduit", "local", `temporal.db${suffix}`), { force: true });
  }
  expect(await project.conduit("up")).toMatchObject({ code: 0 });
  await runOne();
  expect(await project.conduit("up")).toMatchObject({ code: 0, stderr: expect.stringContaining("Nothing changed") });
});

test("where the folder of what runs was taken away, `up` ends what is left of it, and starts all anew", async () => {
  await rm(path.join(project.root, ".conduit", "local"), { recursive: true, maxRetries: 20, retryDelay: 50 });
  expect(await project.conduit("up")).toMatchObject({ code: 0 });
  await runOne();
  expect(await project.conduit("up")).toMatchObject({ code: 0, stderr: expect.stringContaining("Nothing changed") });
});
