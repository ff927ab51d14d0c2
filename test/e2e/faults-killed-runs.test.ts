import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { answering } from "../support/algorithms.ts";
import { type Held, type Holding, holding, startHolding } from "../support/holding.ts";
import { machineProcesses, treeOf } from "../support/process-tree.ts";
import {
  type AlgorithmRepository,
  killIfThere,
  makeProject,
  makeRepository,
  type Project,
  processesOf,
  supervisorOf,
} from "../support/project.ts";
import { randomFrom } from "../support/random.ts";
import { seed } from "../support/seed.ts";

// `./conduit`, its engine and its provider, killed in any combination at any moment: the next `up` repairs.

const random = randomFrom(seed);

let project: Project;
let repository: AlgorithmRepository;
let workflows: Holding;
let held: Held;
let version = 0;
/** About how long a run takes, in milliseconds. */
let whole = 6000;

beforeAll(async () => {
  console.log(`The moments and processes are random: TEST_SEED=${seed} repeats them.`);
  project = await makeProject();
  repository = await makeRepository(path.join(project.root, "answer"), answering("0"));
  const { folder } = await makeRepository(path.join(project.root, "hold"), holding("1"));
  const entry = (git: string) => ({ namespace: "speech", owner: "us", source: { git: `file://${git}` } });
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: { answer: entry(repository.folder), hold: entry(folder) },
  });
});

afterAll(async () => {
  await workflows?.end();
  await project?.remove();
});

/** Runs a verb and kills some of its processes within the first `milliseconds`. */
async function runKilled(verb: string, milliseconds: number): Promise<string> {
  const run = project.start(verb);
  await sleep(random() * milliseconds);
  const killed = treeOf(run.child.pid ?? 0).filter(({ command }) => partOf(command) && random() < 0.5);
  for (const { pid } of killed) killIfThere(pid);
  // The parts that were left end by themselves, or at once: a run that nobody disturbed is no fault.
  if (killed.length === 0) killIfThere(run.child.pid ?? 0);
  await run.outcome;
  return killed.map(({ command }) => partOf(command)).join(" and ") || "the command";
}

/** What a process of a run is; the supervisor and what it runs are none. */
function partOf(command: string): string | undefined {
  if (/cli\/start\.mjs|^\S*sh \S*conduit /.test(command)) return "the command";
  if (/^(\S*\/)?pulumi /.test(command)) return "the engine";
  if (/pulumi-resource-conduit|providers\/conduit/.test(command)) return "the provider";
  return undefined;
}

/** The next `up` has to repair all, by itself. */
async function repair(commit: string): Promise<number> {
  const started = performance.now();
  const { code, stdout, stderr } = await project.conduit("up", "--json");
  const elapsed = performance.now() - started;
  expect(code, stderr).toBe(0);
  const [answer, hold] = JSON.parse(stdout).status.algorithms;
  expect(answer).toMatchObject({ liveCommit: commit, pollers: 1, problem: null });
  expect(hold).toMatchObject({ pollers: 1, problem: null });
  await eventually(async () => (await orphans()).length === 0, {
    seconds: 30,
    otherwise: async () => new Error(`These are left: ${JSON.stringify(await orphans())}.`),
  });
  const state = path.join(project.root, ".conduit", "state", ".pulumi");
  const { checkpoint } = JSON.parse(await readFile(path.join(state, "stacks", "platform", "local.json"), "utf8"));
  expect(checkpoint.latest.pending_operations ?? []).toEqual([]);
  const locks = await readdir(path.join(state, "locks"), { recursive: true, withFileTypes: true });
  // Of a lock that was never there the attributes may be: a later run removes them, and no run heeds them.
  expect(locks.filter((entry) => entry.isFile() && !entry.name.endsWith(".attrs"))).toEqual([]);
  return elapsed;
}

/** Processes of this project that neither the supervisor nor this test looks after. */
async function orphans(): Promise<string[]> {
  const supervised = new Set(treeOf(await supervisorOf(project)).map(({ pid }) => pid));
  const ofProject = machineProcesses().filter((one) => `${one.directory} ${one.command}`.includes(project.root));
  return ofProject.filter(({ pid }) => !supervised.has(pid)).map(({ command }) => command);
}

test("killed 4 times before anything runs, `up` comes to its end", async () => {
  const commit = await repository.commit(answering("first"));
  for (let round = 0; round < 4; round++) await runKilled("up", whole);
  await repair(commit);
  workflows = await startHolding(project);
  held = await workflows.begin();
});

for (const part of ["first", "second", "third", "last"]) {
  test(`killed 4 times at a commit, \`up\` and \`deploy\` are repaired by the next \`up\` (${part} part)`, async () => {
    for (let round = 0; round < 4; round++) {
      const commit = await repository.commit(answering(String(++version)));
      const verb = random() < 0.5 ? "up" : "deploy";
      const killed = await runKilled(verb, whole);
      whole = await repair(commit).catch((thrown) => {
        throw new Error(`Seed ${seed}, round ${version}, ${verb}, killed: ${killed}.`, { cause: thrown });
      });
    }
    expect(JSON.parse(await project.must("call", "answer"))).toBe(String(version));
  });
}

test("the workflow that was in flight all the while ends at its first attempt", async () => {
  await held.open();
  expect(await held.outcome()).toEqual({ answer: "1", attempt: 1, afterFailure: undefined });
  const all = await processesOf(project);
  expect(all.filter(({ state }) => state === "RUNNING" || state === "STARTING").length).toBe(3);
});
