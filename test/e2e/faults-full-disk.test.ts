import { rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { answering, gated } from "../support/algorithms.ts";
import { makeFolder } from "../support/folders.ts";
import { type Held, type Holding, holding, startHolding } from "../support/holding.ts";
import { type AlgorithmRepository, makeProject, makeRepository, type Project } from "../support/project.ts";
import { mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";

// The disk of the cache, or of the project with its state and Temporal's database, is full: nothing that runs is lost.

let project: Project;
let repository: AlgorithmRepository;
let workflows: Holding;
let held: Held;
let cache: string;
const disks: (SmallDisk | undefined)[] = [];

beforeAll(async () => {
  cache = await makeFolder();
  project = await makeProject({ CONDUIT_CACHE: cache });
  disks.push(mountSmallDisk(cache, 400), mountSmallDisk(path.join(project.root, ".conduit"), 100));
  if (disks.includes(undefined)) return;
  // The tools are made once for all tests.
  for (const name of ["toolchain", "tools"]) await symlink(path.join(cacheDirectory(), name), path.join(cache, name));
  repository = await makeRepository(path.join(project.root, "answer"), answering("1"));
  const { folder } = await makeRepository(path.join(project.root, "hold"), holding("1"));
  const entry = (git: string) => ({ namespace: "speech", owner: "us", source: { git: `file://${git}` } });
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: { answer: entry(repository.folder), hold: entry(folder) },
  });
  await project.must("up");
  workflows = await startHolding(project);
  held = await workflows.begin();
});

afterEach(() => {
  for (const disk of disks) disk?.free();
});

beforeEach(({ skip }) => skip(disks.includes(undefined), "Only root can mount a small disk, on Linux."));

afterAll(async () => {
  for (const disk of disks) disk?.free();
  await workflows?.end();
  if (workflows) await project.must("down");
  for (const disk of disks) disk?.remove();
  for (const folder of [project.root, cache]) await rm(folder, { recursive: true, force: true });
});

async function answer(): Promise<unknown> {
  return JSON.parse(await project.must("call", "answer"));
}

const sentence = "There is no space left on the disk. Free some on that of the cache, ";

test("where the cache is full `up` says so, and works once there is space", async () => {
  const commit = await repository.commit(answering("2"));
  disks[0]?.fill();
  const { code, stderr } = await project.conduit("up");
  expect(code).toBe(1);
  expect(stderr).toContain(`${sentence}\`${cache}\``);
  expect(await answer()).toBe("1");
  disks[0]?.free();
  const [live] = JSON.parse(await project.must("up", "--json")).status.algorithms;
  expect(live).toMatchObject({ liveCommit: commit });
  expect(await answer()).toBe("2");
});

test("where the state's disk is full in the midst of an update, the next one finishes it", async () => {
  const gate = path.join(cache, "gate");
  await repository.commit(gated("3", gate));
  const run = project.start("deploy");
  await eventually(async () => /starting its worker/.test(run.told()), { seconds: 60 });
  disks[1]?.fill();
  await writeFile(gate, "");
  const { code, stderr } = await run.outcome;
  expect(code).toBe(1);
  expect(stderr).toContain(sentence);
  const again = await project.conduit("up");
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(sentence);
  disks[1]?.free();
  await project.must("up");
  expect(await answer()).toBe("3");
});

test("the workflow that was in flight all the while ends at its first attempt", async () => {
  await held.open();
  expect(await held.outcome()).toEqual({ answer: "1", attempt: 1, afterFailure: undefined });
});
