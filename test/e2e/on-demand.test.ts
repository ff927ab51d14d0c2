import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { algorithmOf, isUp } from "../../providers/conduit/local/supervisord.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { answering, pyproject } from "../support/algorithms.ts";
import {
  type AlgorithmRepository,
  killEverything,
  makeProject,
  makeRepository,
  type Project,
  pidOf,
  processesOf,
} from "../support/project.ts";

/** Answers after longer than it may idle, with the number of its attempt. */
const slow = {
  "algorithm.py": `import time
from temporalio import activity


@activity.defn
def answer() -> int:
    time.sleep(5)
    return activity.info().attempt
`,
  "pyproject.toml": pyproject(),
};

const scaling: Record<string, object> = {
  lasting: { idleAfter: "10m" },
  brief: { idleAfter: "1s" },
  slow: { idleAfter: "1s" },
  steady: { min: 1, idleAfter: "1s" },
};
let project: Project;
const repositories: Record<string, AlgorithmRepository> = {};

beforeAll(async () => {
  project = await makeProject();
  for (const name of Object.keys(scaling)) {
    const files = name === "slow" ? slow : answering(name);
    repositories[name] = await makeRepository(path.join(project.root, "repositories", name), files);
  }
  const entries = Object.entries(scaling).map(([name, scaling]) => {
    const source = { git: `file://${repositories[name]?.folder}` };
    // A worker that was stopped while it works would cut the slow activity short.
    return [name, { namespace: "speech", owner: "speech", source, scaling, shutdownGrace: "1s" }] as const;
  });
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: Object.fromEntries(entries),
  });
  await project.configure({ workers: "on-demand" });
});

afterAll(async () => project?.remove());

/** The algorithms whose worker is there. */
async function awake(): Promise<string[]> {
  const programs = (await processesOf(project)).filter(({ pid }) => pid !== 0).map(({ name }) => algorithmOf(name));
  return programs.filter((name) => !name.startsWith("_")).sort();
}

async function states(): Promise<Record<string, string>> {
  const { algorithms } = JSON.parse(await project.must("status", "--json"));
  return Object.fromEntries(algorithms.map(({ name, state }: { name: string; state: string }) => [name, state]));
}

async function call(name: string): Promise<unknown> {
  return JSON.parse(await project.must("call", name));
}

async function untilAwake(...names: string[]): Promise<void> {
  await eventually(async () => (await awake()).join() === names.join(), { seconds: 120 });
}

test("each worker is verified, and sleeps; one of at least 1 stays up", async () => {
  const table = await project.must("up");

  expect(await awake()).toEqual(["steady"]);
  expect(table).toMatch(/^brief +(\w{7}) +\1 +asleep /m);
  expect(await states()).toEqual({ lasting: "asleep", brief: "asleep", slow: "asleep", steady: "live" });
});

test("nothing changes while they sleep", async () => {
  expect((await project.conduit("up")).stderr).toContain("Nothing changed");
  expect(await awake()).toEqual(["steady"]);
});

test("a call wakes the one that it needs", async () => {
  expect(await call("lasting")).toBe("lasting");
  expect(await awake()).toEqual(["lasting", "steady"]);
  expect((await states()).lasting).toBe("live");
});

test("one that idles goes to sleep again, and wakes again", async () => {
  for (const _ of [1, 2]) {
    expect(await call("brief")).toBe("brief");
    await untilAwake("lasting", "steady");
  }
});

test("an activity that runs for longer than its worker may idle is not cut short", async () => {
  expect(await call("slow")).toBe(1);
  await untilAwake("lasting", "steady");
});

test("a new version of one that sleeps sleeps too, and answers the next call; one that is awake stays so", async () => {
  await repositories.brief?.commit(answering("brief, second"));
  await repositories.lasting?.commit(answering("lasting, second"));
  await project.must("up");
  await untilAwake("lasting", "steady");
  expect(await call("brief")).toBe("brief, second");
  expect(await call("lasting")).toBe("lasting, second");
});

test("a version that cannot start leaves the sleeping one, which answers", async () => {
  await untilAwake("lasting", "steady");
  await repositories.brief?.commit({ "algorithm.py": "import no_such_module\n" });
  expect((await project.conduit("deploy", "brief")).code).toBe(1);
  expect(await call("brief")).toBe("brief, second");
  await repositories.brief?.commit(answering("brief, third"));
  await project.must("deploy", "brief");
  expect(await call("brief")).toBe("brief, third");
});

test("a standby that was killed is started again", async () => {
  await untilAwake("lasting", "steady");
  process.kill(await pidOf(project, "_standby"), "SIGKILL");
  expect(await call("brief")).toBe("brief, third");
});

test("after everything ended at once, `up` starts none that may sleep, and each answers", async () => {
  await repositories.lasting?.commit(answering("lasting, third"));
  await project.must("deploy", "lasting");
  await killEverything(project);
  await project.must("up");
  expect(await awake()).toEqual(["steady"]);
  expect(await states()).toEqual({ lasting: "asleep", brief: "asleep", slow: "asleep", steady: "live" });
  expect(await call("lasting")).toBe("lasting, third");
});

test("without the setting all are awake for good", async () => {
  await project.configure({});
  await project.must("up");
  expect((await processesOf(project)).filter(isUp).map(({ name }) => algorithmOf(name))).not.toContain("_standby");
  expect(await states()).toEqual({ lasting: "live", brief: "live", slow: "live", steady: "live" });
  expect(await call("brief")).toBe("brief, third");
});
