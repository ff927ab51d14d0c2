import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answering } from "../support/algorithms.ts";
import {
  type AlgorithmRepository,
  killEverything,
  makeProject,
  makeRepository,
  type Project,
  runIn,
} from "../support/project.ts";

let project: Project;
const repositories: Record<string, AlgorithmRepository> = {};
const names = ["unreachable", "broken", "good"];

beforeAll(async () => {
  project = await makeProject();
  for (const name of names) {
    repositories[name] = await makeRepository(path.join(project.root, "repositories", name), answering("first"));
  }
  await project.writeRegistry(registry({}));
  await project.must("up");
});

afterAll(async () => project?.remove());

function registry(moved: Record<string, string>) {
  const algorithms = names.map((name) => {
    const git = `file://${moved[name] ?? repositories[name]?.folder}`;
    return [name, { namespace: "speech", owner: `${name}-team`, source: { git } }] as const;
  });
  return { namespaces: { speech: { owner: "speech" } }, algorithms: Object.fromEntries(algorithms) };
}

async function answers(): Promise<Record<string, unknown>> {
  const entries = names.map(async (name) => {
    return [name, JSON.parse(await project.must("call", name))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** What the SDK says when a part of the program failed of itself, instead of the engine skipping it. */
const noise = /unhandled exception|failed to register|^ +at /im;

const brokenImport = { "algorithm.py": `import no_such_module\n${answering("broken")["algorithm.py"]}` };

test("one unreachable repository and one broken import keep nothing else from going live", async () => {
  await project.writeRegistry(registry({ unreachable: "/nowhere/repository" }));
  await repositories.broken?.commit(brokenImport);
  await repositories.good?.commit(answering("second"));

  const outcome = await project.conduit("up");

  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toMatch(/unreachable: .*\/nowhere\/repository/);
  expect(outcome.stderr).toMatch(/broken: [\s\S]*algorithm\.py[\s\S]*no_such_module/);
  expect(outcome.stderr).toContain("2 failed, 1 went live");
  expect(outcome.stderr).not.toMatch(noise);
  expect(await answers()).toEqual({ unreachable: "first", broken: "first", good: "second" });
});

test("the same holds through plain `pulumi up`, and again in the next run", async () => {
  await repositories.good?.commit(answering("third"));
  const environment = { ...process.env, ...JSON.parse(await project.must("env", "--json")) };

  const outcome = await runIn(
    project.root,
    "pulumi",
    ["up", "--yes", "--stack", "local", "--color=never"],
    environment,
  );

  const told = outcome.stdout + outcome.stderr;
  expect(outcome.code).not.toBe(0);
  expect(told).toMatch(/unreachable: .*\/nowhere\/repository/);
  expect(told).toMatch(/broken: [\s\S]*no_such_module/);
  expect(told).not.toMatch(noise);
  expect(await answers()).toEqual({ unreachable: "first", broken: "first", good: "third" });
});

test("when the problems are gone, the next run is whole", async () => {
  await project.writeRegistry(registry({}));
  await repositories.broken?.commit(answering("mended"));
  await project.must("up");
  expect(await answers()).toEqual({ unreachable: "first", broken: "mended", good: "third" });
});

test("after everything ended at once, an algorithm whose repository cannot be reached comes back as it was", async () => {
  await killEverything(project);
  await project.writeRegistry(registry({ unreachable: "/nowhere/repository" }));

  const outcome = await project.conduit("up");

  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toMatch(/unreachable: .*\/nowhere\/repository/);
  expect(await answers()).toEqual({ unreachable: "first", broken: "mended", good: "third" });
});
