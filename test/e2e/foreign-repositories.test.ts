import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { makeCacheWithTools } from "../support/cache.ts";
import { makeFolder } from "../support/folders.ts";
import { buildPackage, type PackageIndex, servePackages } from "../support/package-index.ts";
import { makeProject, makeRepository, type Outcome, type Project, repository } from "../support/project.ts";

/** A repository as researchers make them (`test/fixtures/repositories/<name>`), and a call with its right answer. */
interface Shape {
  readonly repository?: string;
  readonly subdir?: string;
  readonly include?: readonly string[];
  readonly call: readonly string[];
  readonly answer: unknown;
}

const textkit = { repository: "monorepo", include: ["libs/textkit"] };

const shapes: Readonly<Record<string, Shape>> = {
  "flat-module": { call: ["the cat on the mat saw a cat", "1"], answer: ["cat"] },
  "src-layout": { call: ["The cat sat. The dog ran."], answer: { flesch: 119.19, easy: true } },
  "data-files": { call: ["not bad but great"], answer: { score: 3, label: "positive" } },
  "class-instance": { call: ["best", "the gpu", '["the cpu", "a gpu"]'], answer: { doc: "a gpu", score: 3 } },
  "async-activities": { call: ["[[1, 2], [3], [4, 5]]"], answer: 15 },
  "pydantic-v1": {
    call: ["name=Ada", 'visits=[{"day": "2024-03-01", "minutes": 20}, {"day": "2024-02-01"}]'],
    answer: { name: "Ada", total_minutes: 30, last: "2024-03-01" },
  },
  "pydantic-v2": {
    call: ['lines=[{"text": "tea", "amount": "2.50"}, {"text": "cake", "amount": 3}]', "scan=c2Nhbg=="],
    answer: { currency: "EUR", total: "5.50", scanSize: 4 },
  },
  slugs: { ...textkit, subdir: "algorithms/slugs", call: ["Shared, in a Library!"], answer: "shared-in-a-library" },
  acronyms: { ...textkit, subdir: "algorithms/acronyms", call: ["frequently asked questions"], answer: "FAQ" },
  "noisy-import": { call: ["hello"], answer: "HELLO!" },
  "training-code": { call: ["0.7"], answer: true },
  unicode: { subdir: "Modelle für Größen", call: ["象"], answer: { Größe: "3 m", 名前: "象" } },
  "hashed-requirements": { call: ["Ünïcode & spaces"], answer: "unicode-spaces" },
  "uv-lock": { call: ['[["a", "1"], ["bc", "2"]]'], answer: "a   1\nbc  2" },
  pylock: { call: ["mouse"], answer: "mice" },
  "plain-script": { call: ["a b c d", "a x c"], answer: 0.5 },
  "namespace-package": { call: ["  Tempral"], answer: "temporal" },
  "lazy-model": { call: ["[1, 2]"], answer: { label: "cat", loads: 1 } },
  "logging-at-import": { call: ["education"], answer: 5 },
  "processes-at-import": { call: ["23", "38"], answer: [23, 29, 31, 37] },
  "numpy-arrays": { call: ["[1, 2, 3, 4]"], answer: { signal: [2, 3], peak: 3, at: 1, finite: true } },
  "private-index": { call: ["one three"], answer: [0.6, 1] },
};

const credentials = { username: "ada", password: "planted-index-password" };

let packages: string;
let index: PackageIndex;
let project: Project;
let up: Outcome;

beforeAll(async () => {
  packages = await makeFolder();
  await buildPackage(path.join(repository, "test/fixtures/packages/labkit"), "--wheel", packages);
  index = await servePackages(packages, [credentials]);
  const cache = path.join(packages, "cache");
  await makeCacheWithTools(cache);
  project = await makeProject({
    CONDUIT_CACHE: cache,
    UV_INDEX_LAB_USERNAME: credentials.username,
    UV_INDEX_LAB_PASSWORD: credentials.password,
    UV_INDEX_STRANGERS_USERNAME: credentials.username,
    UV_INDEX_STRANGERS_PASSWORD: "a-wrong-password",
  });
  const names = [...new Set(Object.entries(shapes).map(([name, shape]) => shape.repository ?? name))];
  for (const name of [...names, "script-metadata"]) await publish(name, name);
  await publish("private-index", "wrong-password", (text) => text.replaceAll('"lab"', '"strangers"'));
  await project.writeRegistry(registry());
  up = await project.conduit("up");
});

afterAll(async () => {
  await project?.remove();
  await index?.close();
  if (packages) await rm(packages, { recursive: true, force: true });
});

/** Makes a git repository of a fixture, with the index's real address. */
async function publish(fixture: string, name: string, change = (text: string) => text): Promise<void> {
  const folder = path.join(project.root, "repositories", name);
  await cp(path.join(repository, "test/fixtures/repositories", fixture), folder, { recursive: true });
  if (fixture === "private-index") {
    const file = path.join(folder, "pyproject.toml");
    const text = await readFile(file, "utf8");
    await writeFile(file, change(text.replace("http://127.0.0.1:8080/simple/", index.url)));
  }
  await makeRepository(folder, {});
}

function registry() {
  const entry = (name: string, { subdir = ".", include = [] }: Partial<Shape> = {}) => ({
    namespace: "lab",
    owner: "lab",
    timeouts: { startup: "2m" },
    source: { git: `file://${project.root}/repositories/${name}`, subdir, include },
  });
  const right = Object.entries(shapes).map(([name, shape]) => [name, entry(shape.repository ?? name, shape)]);
  const wrong = ["script-metadata", "wrong-password"].map((name) => [name, entry(name)]);
  return { namespaces: { lab: { owner: "lab" } }, algorithms: Object.fromEntries([...right, ...wrong]) };
}

test("all go live in one run, and only what cannot work fails, with what to do", () => {
  expect(up.stderr).toContain(`2 failed, ${Object.keys(shapes).length} went live`);
  expect(up.code).toBe(1);
  expect(up.stderr).toContain(
    "  script-metadata: The dependencies are in `titles.py`, which Algorithm Conduit does not read. " +
      'Run `uv export --script "titles.py" --output-file requirements.txt` and commit the file.\n',
  );
  expect(up.stderr).toContain(
    `  wrong-password: The package index \`${index.url}\` refuses the credentials that it got for \`pyproject.toml\``,
  );
  expect(index.served).toContain("/files/labkit-1.0.0-py3-none-any.whl");
});

test.concurrent.for(Object.entries(shapes))("%s answers", async ([name, { call, answer }], { expect }) => {
  const { stdout, stderr } = await project.conduit("call", name, ...call);
  expect(stdout === "" ? stderr : JSON.parse(stdout)).toEqual(answer);
});

test("nothing runs but what activities need", async () => {
  const files = await readdir(path.join(packages, "cache", "checkouts"), { recursive: true });
  expect(files.filter((name) => path.basename(name) === "predict.py")).toHaveLength(1);
  expect(files.filter((name) => path.basename(name).startsWith("RAN."))).toEqual([]);
});

test("what their code started ends with the platform", async () => {
  await project.must("down");
  const ours = async () => (await commandLines()).filter((line) => line.includes(packages));
  await eventually(async () => (await ours()).length === 0, { seconds: 60 });
});

async function commandLines(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
}
