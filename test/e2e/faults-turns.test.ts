import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { answering, gated } from "../support/algorithms.ts";
import { makeAnsweringProject } from "../support/answering-project.ts";
import { temporaryFolder } from "../support/folders.ts";
import {
  type AlgorithmRepository,
  makeProject,
  makeRepository,
  type Project,
  processesOf,
  type Running,
  runIn,
  startIn,
} from "../support/project.ts";

// Runs of one stack at the same time: the later waits for the earlier, and both end right.

let project: Project;
let repository: AlgorithmRepository;
let gates = 0;

beforeAll(async () => {
  ({ project, repository } = await makeAnsweringProject());
});

afterAll(async () => project?.remove());

/** Commits a version whose worker comes up only once the gate is opened. */
async function commitGated(version: string): Promise<() => Promise<void>> {
  const gate = path.join(project.root, `gate-${gates++}`);
  await repository.commit(gated(version, gate));
  const open = () => writeFile(gate, "");
  // A test that fails leaves no run behind for which the next ones wait.
  onTestFinished(open);
  return open;
}

async function answer(): Promise<unknown> {
  return JSON.parse(await project.must("call", "answer"));
}

/** The files of the locks in a state: by default the project's own. */
async function locks(state = path.join(project.root, ".conduit", "state")): Promise<string[]> {
  const folder = path.join(state, ".pulumi", "locks");
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith(".json")).map((name) => path.join(folder, name));
}

/** Waits until a run holds the stack, and starts another one that finds it held. */
async function startSecond(...args: string[]): Promise<Running> {
  await eventually(async () => (await locks()).length === 1, { seconds: 60 });
  const second = project.start(...args);
  await eventually(async () => waits.test(second.told()), { seconds: 60 });
  return second;
}

const who = `${userInfo().username}@${hostname()}`;
const waits = new RegExp(
  `Another run holds the stack \\(process \\d+ of ${who}, begun (just now|\\d+ min ago)\\)\\. Waiting for its end`,
);

test("of two deploys at once the second waits and says for whom, and both end right", async () => {
  const open = await commitGated("1");
  const first = project.start("deploy");
  const second = await startSecond("deploy");
  await open();
  expect(await first.outcome).toMatchObject({ code: 0, stdout: expect.stringMatching(/is live/) });
  expect(await second.outcome).toMatchObject({ code: 0, stderr: expect.stringMatching(/Nothing changed/) });
  expect(await answer()).toBe("1");
  expect(await locks()).toEqual([]);
});

test("an `up` waits for plain `pulumi up`, and takes the commit that came meanwhile", async () => {
  const open = await commitGated("2");
  const environment = { ...process.env, ...JSON.parse(await project.must("env", "--json")) };
  const args = ["up", "--yes", "--stack=local", "--color=never", "--skip-preview"];
  const first = startIn(project.root, "pulumi", args, environment);
  const second = await startSecond("up");
  await repository.commit(answering("3"));
  await open();
  expect((await first.outcome).code).toBe(0);
  expect((await second.outcome).code).toBe(0);
  expect(await answer()).toBe("3");
});

test("an interrupt ends the waiting, and nothing else", async () => {
  const open = await commitGated("4");
  const first = project.start("deploy");
  const second = await startSecond("deploy");
  second.child.kill("SIGINT");
  const { code, stderr } = await second.outcome;
  expect([code, stderr.split("\n").at(-2)]).toEqual([1, "Interrupted while it waited: nothing was changed."]);
  await open();
  expect((await first.outcome).code).toBe(0);
  expect(await answer()).toBe("4");
});

test("`watch` waits its turn, and never brings an older commit back", async () => {
  const open = await commitGated("5");
  const first = project.start("deploy");
  const watching = await startSecond("watch");
  await repository.commit(answering("6"));
  await open();
  expect((await first.outcome).code).toBe(0);
  await eventually(async () => /went live|Nothing changed/.test(watching.told()), { seconds: 60 });
  expect(await answer()).toBe("6");
  watching.child.kill("SIGINT");
  expect((await watching.outcome).code).toBe(0);
});

test("whatever runs begin at the same moment, all end right with the newest commit", async () => {
  for (const version of ["7", "8"]) {
    await repository.commit(answering(version));
    const runs = [["deploy"], ["deploy", "answer"], ["up"]].map((args) => project.conduit(...args));
    for (const { code, stderr } of await Promise.all(runs)) expect(code, stderr).toBe(0);
    expect(await answer()).toBe(version);
  }
  expect(await locks()).toEqual([]);
});

test("the lock of a killed run in a team's own backend is theirs to release: the next run says how", async () => {
  const state = await temporaryFolder();
  const backend = { PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "" };
  const theirs = await makeProject(backend);
  onTestFinished(() => theirs.remove());
  const gate = path.join(theirs.root, "gate");
  const { folder } = await makeRepository(path.join(theirs.root, "repository"), gated("1", gate));
  await theirs.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: { answer: { namespace: "speech", owner: "us", source: { git: `file://${folder}` } } },
  });
  const killed = theirs.start("up");
  await eventually(async () => /starting its worker/.test(killed.told()), { seconds: 60 });
  const [lock = ""] = await locks(state);
  process.kill(JSON.parse(await readFile(lock, "utf8")).pid, "SIGKILL");
  expect((await killed.outcome).code).toBe(1);

  const refused = await theirs.conduit("up");

  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/The run that holds the stack is gone \(process \d+ of .*\)\. Release the stack with/);
  const environment = { ...process.env, ...backend, ...JSON.parse(await theirs.must("env", "--json")) };
  expect(await runIn(theirs.root, "pulumi", ["cancel", "--yes", "local"], environment)).toMatchObject({ code: 0 });
  await writeFile(gate, "");
  await theirs.must("up");
  expect(JSON.parse(await theirs.must("call", "answer"))).toBe("1");
  const kept = await readFile(path.join(state, ".pulumi", "stacks", "platform", "local.json"), "utf8");
  expect(JSON.parse(kept).checkpoint.latest.pending_operations ?? []).toEqual([]);

  // Another clone with the same stack, and a registry that lacks the algorithm.
  const clone = await makeProject(backend);
  onTestFinished(() => rm(clone.root, { recursive: true, force: true }));
  await clone.writeRegistry({ namespaces: { speech: { owner: "speech" } }, algorithms: {} });
  const running = async () => (await processesOf(theirs)).map(({ name, pid }) => `${name} ${pid}`);
  const before = await running();
  const second = await clone.conduit("up");
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(`The stack runs in \`${theirs.root}\` on \`${hostname()}\``);
  expect(await running()).toEqual(before);
  await theirs.must("up");
  expect(await running()).toEqual(before);
});
