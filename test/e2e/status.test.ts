import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AlgorithmStatus, statusSchema } from "../../cli/json/status.ts";
import { isUp } from "../../providers/conduit/local/supervisord.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { pyproject } from "../support/algorithms.ts";
import {
  type AlgorithmRepository,
  makeProject,
  makeRepository,
  type Project,
  pidOf,
  processesOf,
  type Running,
  repository as root,
  startIn,
  supervisordOf,
} from "../support/project.ts";
import { pythonWithTemporal } from "../support/python.ts";

let project: Project;
let repository: AlgorithmRepository;
const file = (name: string) => path.join(project.root, name);

/** Waits in `wait` for a file, and cannot be imported while there is a file `broken`. */
const waiting = (version: string, settings = "") => ({
  "algorithm.py": `import os
import time

from temporalio import activity

if os.path.exists(${JSON.stringify(file("broken"))}):
    raise RuntimeError("the model is gone")


@activity.defn
def wait(name: str) -> str:
    while not os.path.exists(name):
        time.sleep(0.05)
    return ${JSON.stringify(version)}
`,
  "pyproject.toml": pyproject(`\n[tool.conduit.timeouts]\nstartToClose = "10m"\n${settings}`),
});

beforeAll(async () => {
  project = await makeProject();
  repository = await makeRepository(file("waiter"), waiting("first"));
  const source = { git: `file://${repository.folder}` };
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" }, vision: { owner: "vision" } },
    algorithms: { waiter: { namespace: "speech", owner: "us", source } },
  });
  await project.must("up");
});

afterAll(async () => project?.remove());

async function status(): Promise<AlgorithmStatus> {
  const { algorithms } = statusSchema.parse(JSON.parse(await project.must("status", "waiter", "--json")));
  const [waiter] = algorithms;
  if (!waiter) throw new Error("The registry has it.");
  return waiter;
}

async function untilStatus(holds: (status: AlgorithmStatus) => boolean): Promise<AlgorithmStatus> {
  let last = await status();
  const nowHolds = async () => {
    if (!holds(last)) last = await status();
    return holds(last);
  };
  await eventually(nowHolds, {
    seconds: 120,
    otherwise: async () => new Error(`It stayed ${JSON.stringify(last, null, 2)}`),
  });
  return last;
}

test("a version that cannot be imported, and one that cannot be installed, stay told after the run", async () => {
  const broken = await repository.commit({ "algorithm.py": `import no_such_module\n${waiting("x")["algorithm.py"]}` });
  expect((await project.conduit("deploy")).code).toBe(1);
  const unimported = await status();
  expect(unimported).toMatchObject({ state: "live", pollers: 1, upToDate: false, wantedCommit: broken });
  expect(unimported.problem).toContain("Importing `algorithm` failed at `algorithm.py:1` (`import no_such_module`)");
  expect(await project.must("status")).toContain("waiter: Importing `algorithm` failed at");

  const dependencies = pyproject().replace('"temporalio"', '"temporalio", "no-such-package-of-ours==1.0"');
  await repository.commit({ ...waiting("x"), "pyproject.toml": dependencies });
  // The newest commit was not tried yet: what failed before is no matter of it.
  expect((await status()).problem).toBeNull();
  expect((await project.conduit("deploy")).code).toBe(1);
  expect((await status()).problem).toContain("no-such-package-of-ours");

  await repository.commit(waiting("second"));
  await project.must("deploy");
  expect(await status()).toMatchObject({ state: "live", upToDate: true, problem: null });
});

test("a crash loop shows as such while it lasts, and in the log", async () => {
  await writeFile(file("broken"), "");
  process.kill(await pidOf(project, "waiter"), "SIGKILL");
  const crashing = await untilStatus(({ restarts }) => (restarts?.count ?? 0) > 1);
  expect(crashing).toMatchObject({ state: "restarting", pollers: 0, liveCommit: null });
  expect(crashing.says).toMatch(
    /^Its worker is restarting: it ended \d+ times in the last 10 minutes, last with exit code 1; see/,
  );
  const log = await project.must("logs", "waiter");
  expect(log).toMatch(/warning .*The process `waiter\.[0-9a-f]{8}` ended with SIGKILL; it is started again\./);
  expect(log).toContain("RuntimeError: the model is gone");
  await rm(file("broken"));
  expect(await untilStatus(({ pollers }) => pollers === 1)).toMatchObject({ restarts: { how: "exit code 1" } });
});

test("calls that wait for a busy worker, and one in the wrong namespace, are told apart; a drain shows", async () => {
  const go = file("go");
  const calls = [project.start("call", "waiter", go), project.start("call", "waiter", go)];
  try {
    const busy = await untilStatus(({ backlog, inFlight }) => backlog === 1 && inFlight === 1);
    expect(busy.says).toBe("1 activity waits: its worker is busy with the 1 that it runs at a time (`concurrency`).");
    calls.push(await callFrom("vision", go));
    const wrong = await untilStatus(({ elsewhere }) => elsewhere.length > 0);
    expect(wrong.elsewhere).toEqual([{ namespace: "vision", backlog: 1 }]);
    expect(wrong.says).toContain("of the namespace `vision`, which no worker polls: call it from a workflow of");

    await repository.commit(waiting("third"));
    await project.must("deploy");
    const draining = await untilStatus((now) => now.draining === 1);
    expect(draining).toMatchObject({ pollers: 1, upToDate: true });
    expect(await project.must("status")).toContain("waiter: 1 older worker finishes what it runs.");
  } finally {
    await writeFile(go, "");
    calls[2]?.child.kill();
    await Promise.all(calls.map(({ outcome }) => outcome));
  }
  expect((await calls[0]?.outcome)?.code).toBe(0);
});

/** A call to the task queue `waiter` of another namespace, where nobody answers. */
async function callFrom(namespace: string, argument: string): Promise<Running> {
  const python = await pythonWithTemporal();
  const environment = {
    ...process.env,
    PYTHONPATH: path.join(root, "runtime/python/src"),
    TEMPORAL_ADDRESS: project.address,
    TEMPORAL_NAMESPACE: namespace,
  };
  return startIn(
    project.root,
    python,
    ["-m", "algorithm_conduit", "call", "wait", "--task-queue", "waiter", argument],
    environment,
  );
}

test("without Temporal, and without a worker, it says so", async () => {
  const supervisord = await supervisordOf(project);
  await supervisord.stop("_temporal");
  expect(await untilStatus(({ state }) => state === "disconnected")).toMatchObject({ pollers: 0 });
  expect(await project.must("status")).toContain("Temporal does not run. Start it with `./conduit up`.");
  for (const { name } of (await processesOf(project)).filter(isUp)) await supervisord.stop(name);
  expect((await untilStatus(({ state }) => state === "down")).says).toBe(
    "No worker polls its task queue: start one with `./conduit up`.",
  );
  await project.must("up");
  expect(await status()).toMatchObject({ state: "live", pollers: 1 });
});
