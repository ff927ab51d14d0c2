import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { answering } from "../support/algorithms.ts";
import { type AlgorithmRepository, makeProject, makeRepository, type Project, runIn } from "../support/project.ts";

// Everything that `./conduit` does, `pulumi` does too: the README's `eval "$(./conduit env)"` is all it takes.

let project: Project;
let repository: AlgorithmRepository;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  project = await makeProject();
  repository = await makeRepository(path.join(project.root, "repository"), answering("first"));
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech", searchAttributes: { AudioLanguage: "Keyword" } } },
    algorithms: { answer: { namespace: "speech", owner: "us", source: { git: `file://${repository.folder}` } } },
  });
  environment = { ...process.env, ...JSON.parse(await project.must("env", "--json")) };
  await pulumi("stack", "init", "local");
});

afterAll(async () => project?.remove());

async function pulumi(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runIn(project.root, "pulumi", [...args, "--color=never"], environment);
  if (code !== 0) throw new Error(`\`pulumi ${args.join(" ")}\` ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

async function answer(): Promise<unknown> {
  return JSON.parse(await project.must("call", "answer"));
}

test("`pulumi up` brings a stack to life, and a preview after it is empty", async () => {
  const output = await pulumi("up", "--yes", "--stack", "local");
  expect(output).toMatch(/temporalUi *: "http:\/\/127\.0\.0\.1:\d+"/);
  expect(await answer()).toBe("first");
  await pulumi("preview", "--stack", "local", "--expect-no-changes");
});

test("a commit that comes after the preview waits for the next run: what was shown is what is done", async () => {
  const shown = await repository.commit(answering("second"));
  const running = pulumi("up", "--yes", "--stack", "local");
  await eventually(() => isNoted(shown), { seconds: 60 });
  await repository.commit(answering("third"));
  await running;
  expect(await answer()).toBe("second");
  await pulumi("up", "--yes", "--stack", "local");
  expect(await answer()).toBe("third");
});

/** Whether a preview has noted that it shows this commit. */
async function isNoted(commit: string): Promise<boolean> {
  const runs = path.join(cacheDirectory(), "runs");
  const notes = await readdir(runs).catch(() => []);
  const texts = notes.map((note) => readFile(path.join(runs, note), "utf8").catch(() => ""));
  return (await Promise.all(texts)).some((text) => text.includes(commit));
}

test("another project's variables are refused, before anything is changed", async () => {
  const PULUMI_BACKEND_URL = pathToFileURL(path.join(project.root, "other")).href;
  await mkdir(path.join(project.root, "other"));
  const leaked = { ...environment, PULUMI_BACKEND_URL, CONDUIT_BACKEND_URL: PULUMI_BACKEND_URL };
  await runIn(project.root, "pulumi", ["stack", "init", "local"], leaked);
  const { code, stdout } = await runIn(project.root, "pulumi", ["preview", "--stack", "local"], leaked);
  expect(code).not.toBe(0);
  expect(stdout).toContain("which `./conduit env` printed for another project.");
  expect(await answer()).toBe("third");
});

test("`pulumi refresh` finds all as it is, and `pulumi destroy` ends all", async () => {
  await pulumi("refresh", "--yes", "--stack", "local", "--expect-no-changes");
  await pulumi("destroy", "--yes", "--stack", "local");
  expect(JSON.parse(await project.must("status", "--json"))).toMatchObject({ address: null });
});

test("after a destroy the same stack comes back, with Temporal's histories", async () => {
  await pulumi("up", "--yes", "--stack", "local");
  expect(await answer()).toBe("third");
});
