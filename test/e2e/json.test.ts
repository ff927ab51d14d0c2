import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shapes } from "../../cli/json/shapes.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { answering } from "../support/algorithms.ts";
import {
  type AlgorithmRepository,
  makeProject,
  makeRepository,
  type Outcome,
  type Project,
} from "../support/project.ts";

let project: Project;
let repository: AlgorithmRepository;

beforeAll(async () => {
  project = await makeProject();
  repository = await makeRepository(path.join(project.root, "answer"), answering("first"));
  await writeRegistry({});
});

afterAll(async () => project?.remove());

function writeRegistry(more: object): Promise<void> {
  const answer = { namespace: "speech", owner: "us", source: { git: `file://${repository.folder}` } };
  return project.writeRegistry({ namespaces: { speech: { owner: "speech" } }, algorithms: { answer, ...more } });
}

/** The documented shape's strict reading of what was printed; every line of it, where the shape is one of lines. */
function read(shape: string, printed: string): unknown {
  const { schema, prints } = shapes[shape] ?? {};
  if (!schema) throw new Error(`There is no shape \`${shape}\`.`);
  if (prints === "object") return schema.parse(JSON.parse(printed));
  return printed
    .trimEnd()
    .split("\n")
    .map((line) => schema.parse(JSON.parse(line)));
}

const error = ({ code, stdout }: Outcome) => ({ code, ...(read("error", stdout) as object) });

test("every verb prints the documented shape and nothing else", async () => {
  const before = read("preview", await project.must("preview", "--json"));
  expect(before).toMatchObject({ changes: { create: expect.any(Number) }, gaps: {}, failures: {} });
  const up = read("up", await project.must("up", "--json"));
  expect(up).toMatchObject({
    deployed: [{ name: "answer" }],
    failures: {},
    status: { algorithms: [{ state: "live" }] },
  });
  const commit = await repository.commit(answering("second"));
  const deploy = read("deploy", await project.must("deploy", "--json"));
  expect(deploy).toMatchObject({ deployed: [{ name: "answer", commit }], failures: {} });
  const status = read("status", await project.must("status", "--json"));
  expect(status).toMatchObject({
    stack: "local",
    algorithms: [{ name: "answer", liveCommit: commit, upToDate: true }],
  });
  expect(read("env", await project.must("env", "--json"))).toMatchObject({ PULUMI_CONTINUE_ON_ERROR: "true" });
  expect(read("connect", await project.must("connect", "--json"))).toEqual({
    variables: { TEMPORAL_ADDRESS: project.address, TEMPORAL_NAMESPACE: "speech" },
    apiKeyVariable: null,
    forwarded: false,
  });
  const doctor = read("doctor", await project.must("doctor", "--json"));
  expect(doctor).toMatchObject({
    findings: expect.arrayContaining([expect.objectContaining({ part: "answer", ok: true })]),
  });
  expect(read("logs", await project.must("logs", "answer", "--json"))).toContainEqual(
    expect.objectContaining({ event: "ready", level: "info" }),
  );
  expect(read("logs", await project.must("logs", "temporal", "--json"))).toEqual(expect.any(Array));
  expect(await project.must("call", "answer", "--json")).toBe('"second"\n');
});

test("`watch` prints a line for each thing that happens, and follows the registry", async () => {
  const watch = project.start("watch", "--json");
  let printed = "";
  watch.child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const until = (text: string) => eventually(async () => printed.includes(text), { seconds: 120 });
  try {
    await until('"event":"watching"');
    const commit = await repository.commit(answering("third"));
    await until(commit);
    await project.writeRegistry({ namespaces: {}, algorithms: { answer: { namespace: "gone" } } });
    await until('"event":"problem"');
    const path = repository.folder;
    await writeRegistry({ again: { namespace: "speech", owner: "us", source: { path } } });
    await until('"algorithms":["answer","again"]');
    await until('"name":"again"');
  } finally {
    watch.child.kill("SIGINT");
  }
  const { code, stdout } = await watch.outcome;
  expect(code).toBe(0);
  read("watch", stdout);
  expect(JSON.parse(await project.must("call", "again"))).toBe("third");
});

test("a failure is one JSON object on standard output, its message for people on standard error, its exit code the same", async () => {
  const outcome = await project.conduit("status", "anwser", "--json");
  const message = expect.stringContaining("There is no algorithm `anwser` in the registry.");
  expect(error(outcome)).toEqual({ code: 1, error: { type: "UserError", message } });
  expect(outcome.stderr).toEqual(message);
  expect(error(await project.conduit("status", "--jsn", "--json"))).toMatchObject({
    code: 2,
    error: { type: "WrongUse", message: expect.stringContaining("unknown option '--jsn'") },
  });
  expect(error(await project.conduit("call", "answer", "[1, 2, 3]", "4", "--json"))).toMatchObject({ code: 1 });
});

test("what failed of single algorithms stands in the result", async () => {
  await writeRegistry({ gone: { namespace: "speech", owner: "us", source: { git: "file:///nowhere/repository" } } });
  const failures = { gone: expect.stringContaining("/nowhere/repository") };
  for (const verb of ["preview", "deploy", "up"]) {
    const { code, stdout } = await project.conduit(verb, "--json");
    expect({ code, printed: read(verb, stdout) }).toMatchObject({ code: 1, printed: { failures } });
  }
});
