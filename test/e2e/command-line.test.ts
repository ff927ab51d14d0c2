import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isUp } from "../../providers/conduit/local/supervisord.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { answering } from "../support/algorithms.ts";
import {
  type AlgorithmRepository,
  makeProject,
  makeRepository,
  type Project,
  processesOf,
  repository,
} from "../support/project.ts";

let project: Project;
let answers: AlgorithmRepository;

beforeAll(async () => {
  project = await makeProject();
  answers = await makeRepository(path.join(project.root, "answers"), answering("first"));
});

afterAll(async () => project?.remove());

const registry = (algorithms: object) => ({ namespaces: { speech: { owner: "speech" } }, algorithms });
const answer = () => ({ namespace: "speech", owner: "us", source: { git: `file://${answers.folder}` } });

test("`init` writes an algorithm of under 15 lines that runs once the registry lists it", async () => {
  await project.writeRegistry(registry({ answer: answer() }));
  const { code, stderr } = await project.conduit("init", "word-count");
  expect(code).toBe(0);
  expect(stderr).toContain('"word-count": { namespace: "…", owner: "…", source: { path: "word-count" } },');
  const module = await readFile(path.join(project.root, "word-count", "activities.py"), "utf8");
  expect(module.split("\n").filter((line) => line.trim() !== "").length).toBeLessThan(15);

  const wordCount = { namespace: "speech", owner: "me", source: { path: "word-count" } };
  await project.writeRegistry(registry({ "word-count": wordCount, answer: answer() }));
  await project.must("up", "--only", "word-count");
  expect(JSON.parse(await project.must("call", "word-count", '"how many words"'))).toEqual({ words: 3 });
});

test("`up --only` leaves the others alone, and `status` shows them as not live", async () => {
  const { algorithms } = JSON.parse(await project.must("status", "--json"));
  expect(algorithms).toMatchObject([
    { name: "word-count", pollers: 1, owner: "me", mock: false, problem: null },
    { name: "answer", pollers: 0, liveCommit: null, lastDeploy: null },
  ]);
});

test("`watch` deploys each commit as it comes", async () => {
  await project.must("up");
  const watch = spawn(path.join(repository, "conduit"), ["watch", "answer"], { cwd: project.root, stdio: "ignore" });
  try {
    await answers.commit(answering("second"));
    const answersSecond = async () => (await project.must("call", "answer")).trim() === '"second"';
    await eventually(answersSecond, { seconds: 120 });
    await answers.commit(answering("third"));
    const answersThird = async () => (await project.must("call", "answer")).trim() === '"third"';
    await eventually(answersThird, { seconds: 120 });
  } finally {
    const ended = new Promise((resolve) => watch.once("exit", resolve));
    watch.kill("SIGINT");
    expect(await ended).toBe(0);
  }
});

test("`deploy` tells commit and stages, for people and as JSON, and nothing when nothing changed", async () => {
  const commit = await answers.commit(answering("fourth"));
  const { deployed, failures } = JSON.parse(await project.must("deploy", "answer", "--json"));
  expect(failures).toEqual({});
  expect(deployed).toMatchObject([{ name: "answer", commit }]);
  expect(Object.keys(deployed[0].stages).sort()).toEqual(["build", "resolve", "start", "switch"]);
  expect(JSON.parse(await project.must("deploy", "answer", "--json"))).toEqual({ deployed: [], failures: {} });
});

test("a commit that does not touch the algorithm's content changes nothing", async () => {
  await answers.commit(answering("fifth"));
  await answers.commit(answering("fourth"));
  expect(JSON.parse(await project.must("deploy", "--json"))).toEqual({ deployed: [], failures: {} });
});

test("`logs` prints what the worker said", async () => {
  expect(await project.must("logs", "answer")).toMatch(/ info +[0-9a-f]{7} {2}Polling `answer` as `answer@/);
});

test("`connect` prints what Temporal's SDKs read, as lines for a shell too", async () => {
  const { code, stdout, stderr } = await project.conduit("connect", "speech", "--env");
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: `export TEMPORAL_ADDRESS=${project.address}\nexport TEMPORAL_NAMESPACE=speech\n`,
    stderr: "",
  });
  expect(await project.must("connect")).toBe(`TEMPORAL_ADDRESS    ${project.address}\nTEMPORAL_NAMESPACE  speech\n`);
});

test("`doctor` finds every part in order", async () => {
  const { findings } = JSON.parse(await project.must("doctor", "--json"));
  expect(findings.filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
});

for (const [signal, told] of [
  ["SIGINT", "It was interrupted. Run it again to go on."],
  ["SIGKILL", ""],
] as const) {
  test(`a run that ends by ${signal} is gone on with by the next`, async () => {
    await answers.commit(answering(signal));
    const run = spawn(path.join(repository, "conduit"), ["up"], { cwd: project.root, detached: true });
    let stderr = "";
    run.stderr.on("data", (chunk: Buffer) => {
      const begun = stderr.includes("starting its worker");
      stderr += chunk.toString();
      // To the whole group, as a terminal does.
      if (!begun && stderr.includes("starting its worker") && run.pid !== undefined) process.kill(-run.pid, signal);
    });
    run.stdout.resume();
    await new Promise((resolve) => run.once("close", resolve));
    expect(stderr).toContain(told);
    await project.must("up");
    expect(JSON.parse(await project.must("call", "answer"))).toBe(signal);
  });
}

test("an algorithm that leaves the registry is stopped, and nothing else", async () => {
  await project.writeRegistry(registry({ answer: answer() }));
  await project.must("up");
  const { algorithms } = JSON.parse(await project.must("status", "--json"));
  expect(algorithms).toMatchObject([{ name: "answer", pollers: 1 }]);
  const wordCount = async () => (await processesOf(project)).filter(({ name }) => name.startsWith("word-count."));
  await eventually(async () => (await wordCount()).every(({ state }) => state === "STOPPED"), { seconds: 60 });
  expect((await processesOf(project)).filter(isUp).map(({ name }) => name.split(".")[0])).toEqual([
    "_temporal",
    "answer",
  ]);
  expect(await project.conduit("call", "word-count", '"x"')).toEqual({
    code: 1,
    stdout: "",
    stderr: "There is no algorithm `word-count` in the registry. Choose from `answer`.\n",
  });
});

test("wrong use is exit code 2 with the way out, and a wrong registry is one message", async () => {
  expect(await project.conduit("deploi")).toEqual({
    code: 2,
    stdout: "",
    stderr: "error: unknown command 'deploi'\n(Did you mean deploy?)\n(`./conduit --help` shows the commands.)\n",
  });
  await project.writeRegistry(registry({ answer: { ...answer(), namespace: "speach", scaling: { min: 3, max: 2 } } }));
  expect(await project.conduit("up")).toEqual({
    code: 1,
    stdout: "",
    stderr: [
      "`algorithms.config.ts` has 2 problems.",
      '- `algorithms.answer.namespace` is "speach", which is not a key of `namespaces`. Did you mean `speech`?',
      "- `algorithms.answer.scaling.min` is 3 but `max` is 2. Lower `min` or raise `max`.\n",
    ].join("\n"),
  });
  await project.writeRegistry(registry({ answer: answer() }));
});
