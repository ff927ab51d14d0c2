import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGitServer } from "../sources/support/git-server.ts";
import { answering } from "../support/algorithms.ts";
import {
  type AlgorithmRepository,
  makeProject,
  makeRepository,
  type Project,
  processesOf,
} from "../support/project.ts";

const names = ["first", "second", "third"];
let project: Project;
const repositories: Record<string, AlgorithmRepository> = {};
let server: Awaited<ReturnType<typeof startGitServer>>;

beforeAll(async () => {
  project = await makeProject();
  const folder = path.join(project.root, "repositories");
  for (const name of names) repositories[name] = await makeRepository(path.join(folder, name), answering(name));
  server = await startGitServer(folder);
  const entries = names.map((name) => {
    const source = { git: server.url(`${name}/.git`) };
    return [name, { namespace: "speech", owner: "speech", source }] as const;
  });
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: Object.fromEntries(entries),
  });
});

afterAll(async () => {
  await project?.remove();
  await server?.close();
});

/** The repositories whose refs were asked for since the last time. */
function asked(): string[] {
  const requests = server.requests.splice(0).filter(({ path }) => path.includes("/info/refs"));
  return requests.map(({ path }) => path.split("/")[1] ?? "").sort();
}

/** The algorithms that have a worker; the platform's own programs begin with `_`. */
async function running(): Promise<string[]> {
  const programs = (await processesOf(project)).map(({ name }) => name.split(".")[0] ?? "");
  return programs.filter((name) => !name.startsWith("_")).sort();
}

test("`up --only` on a new stack starts just what it names, and looks at nothing else", async () => {
  const table = await project.must("up", "--only", "first", "second");

  expect(table).toMatch(/^first +/m);
  expect(table).not.toContain("third");
  expect(await running()).toEqual(["first", "second"]);
  // Each is asked for its refs, and then for its commits.
  expect(new Set(asked())).toEqual(new Set(["first", "second"]));
  expect(JSON.parse(await project.must("call", "second"))).toBe("second");
});

test("the others show as not deployed", async () => {
  const { algorithms } = JSON.parse(await project.must("status", "--json"));

  const live = Object.fromEntries(algorithms.map(({ name, liveCommit }: Row) => [name, liveCommit !== null]));
  expect(live).toEqual({ first: true, second: true, third: false });
});

interface Row {
  readonly name: string;
  readonly liveCommit: string | null;
}

test("`up` asks each repository once for what it holds, its table included", async () => {
  await project.must("up");
  expect(await running()).toEqual(names);
  asked();
  await project.must("up");
  expect(asked()).toEqual(names);
});

test("a run whose reader goes away is brought to its end", async () => {
  await repositories.third?.commit(answering("third, again"));
  const { child, outcome } = project.start("up", "--only", "third");
  child.stdout?.destroy();
  child.stderr?.destroy();
  expect((await outcome).code).toBe(0);
  expect(JSON.parse(await project.must("call", "third"))).toBe("third, again");
}, 120_000);
