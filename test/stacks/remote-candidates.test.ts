import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { resolveRegistry } from "../../registry/resolve.ts";
import { imageRelease, knownAt } from "../../sources/remote-release.ts";
import { type CandidateOptions, resolveCandidates } from "../../stacks/candidates.ts";
import { answering, pyproject } from "../support/algorithms.ts";
import { temporaryFolder } from "../support/folders.ts";
import { makeRepository } from "../support/project.ts";

const recipe = { platform: "kubernetes", runtime: "1" };

afterEach(() => vi.unstubAllEnvs());

async function candidateOf(source: object, options: Partial<CandidateOptions> & { fields?: object } = {}) {
  const { fields, ...others } = options;
  const algorithm = { namespace: "speech", owner: "us", source, ...fields };
  const { algorithms } = resolveRegistry(
    { namespaces: { speech: { owner: "us" } }, algorithms: { one: algorithm } },
    "dev",
  );
  const projectDirectory = options.projectDirectory ?? (await temporaryFolder());
  const cache = path.join(await temporaryFolder(), "cache");
  const all = await resolveCandidates(algorithms, recipe, { form: "remote", cache, projectDirectory, ...others });
  return { candidate: all.get("one"), cache };
}

/** What git is called with from here to the end of the test: the verbs, one for each call. */
async function countGit(): Promise<() => Promise<string[]>> {
  const folder = await temporaryFolder();
  const log = path.join(folder, "log");
  const real = execFileSync("sh", ["-c", "command -v git"]).toString().trim();
  await writeFile(path.join(folder, "git"), `#!/bin/sh\necho "$*" >> ${log}\nexec ${real} "$@"\n`);
  await chmod(path.join(folder, "git"), 0o755);
  vi.stubEnv("PATH", `${folder}${path.delimiter}${process.env.PATH}`);
  return async () => (await readFile(log, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
}

test("on another machine, what the previous release knows is taken over with one question about the ref", async () => {
  const root = await temporaryFolder();
  const repository = await makeRepository(path.join(root, "repository"), {
    "speech/one/algorithm.py": "",
    "speech/one/pyproject.toml": pyproject('[tool.conduit]\nmemory = "2Gi"\n'),
    "shared/util.py": "",
  });
  const source = { git: `file://${repository.folder}`, subdir: "speech/one", include: ["shared"] };
  const { candidate: first } = await candidateOf(source);
  expect(first).toMatchObject({
    version: expect.stringMatching(/^[0-9a-f]{12}-[0-9a-f]{8}$/),
    settings: { memory: 2 * 2 ** 30 },
    source: {
      kind: "git",
      subdir: "speech/one",
      include: ["shared"],
      requires: { kind: "pyproject.toml", files: ["pyproject.toml"], localPackages: [] },
    },
  });
  // As the state keeps it.
  const previous = new Map([["one", JSON.parse(JSON.stringify(first))]]);
  const calls = await countGit();
  const { candidate: second, cache } = await candidateOf(source, { previous });
  expect({ ...second, stages: 0 }).toEqual({ ...first, stages: 0 });
  const network = (await calls()).filter((call) => !call.startsWith("config "));
  expect(network).toEqual([expect.stringContaining("ls-remote")]);
  expect(existsSync(cache)).toBe(false);

  // Settings of the registry count at once, and need nothing of the repository.
  const { candidate: larger } = await candidateOf(source, { previous, fields: { memory: "3Gi" } });
  expect(larger).toMatchObject({
    version: first && "version" in first && first.version,
    settings: { memory: 3 * 2 ** 30 },
  });

  const commit = await repository.commit({ "speech/one/algorithm.py": "A = 1\n" });
  const { candidate: third } = await candidateOf(source, { previous });
  expect(third).toMatchObject({ commit, source: { head: commit } });
  expect(third).not.toMatchObject({ version: first && "version" in first && first.version });
});

test("a ref that is a commit in full needs no question at all, not even a repository that answers", async () => {
  const root = await temporaryFolder();
  const repository = await makeRepository(path.join(root, "repository"), answering("1"));
  const ref = await repository.commit({ "algorithm.py": "B = 1\n" });
  const source = { git: `file://${repository.folder}`, ref };
  const { candidate } = await candidateOf(source);
  await rm(path.join(repository.folder, ".git"), { recursive: true });
  const previous = new Map([["one", JSON.parse(JSON.stringify(candidate))]]);
  expect((await candidateOf(source, { previous })).candidate).toMatchObject({ commit: ref });
  expect((await candidateOf(source)).candidate).toMatchObject({ problem: expect.any(String) });
});

test("a release of other folders, of another commit or of another kind is not taken over", () => {
  const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 });
  const place = fc.record({
    git: fc.constantFrom("https://one.example/a", "https://one.example/b"),
    subdir: fc.constantFrom(".", "a"),
    include: fc.constantFrom<string[][]>([], ["b"], ["b", "c"]),
  });
  fc.assert(
    fc.property(hex, hex, place, place, (head, other, was, wanted) => {
      const requires = { kind: "none" as const, files: [], localPackages: [] };
      const source = {
        kind: "git" as const,
        ref: "main",
        ...was,
        head,
        tree: "t",
        repository: { settings: {} },
        requires,
      };
      const previous = { source, commit: head, dependencies: "d" };
      const same = JSON.stringify(was) === JSON.stringify(wanted);
      expect(knownAt(head, { ref: "release", ...wanted }, previous) !== undefined).toBe(same);
      expect(knownAt(other, { ref: "main", ...was }, previous) !== undefined).toBe(head === other);
    }),
  );
  const image = { kind: "image" as const, image: "a/b:1", digest: "sha256:0", reference: "a/b@sha256:0" };
  const wanted = { git: "https://one.example/a", ref: "main", subdir: ".", include: [] };
  expect(knownAt("0", wanted, { source: image, commit: "1", dependencies: "" })).toBeUndefined();
});

test("an image is its digest: the tag is asked of its registry, and a written digest of nobody", async () => {
  const digest = `sha256:${"0123456789ab".padEnd(64, "c")}`;
  const digestOf = async () => digest;
  const { candidate } = await candidateOf({ image: "registry.example:5000/team/ranker:1.4" }, { digestOf });
  expect(candidate).toMatchObject({
    version: expect.stringMatching(/^0123456789ab-[0-9a-f]{8}$/),
    commit: "1.4",
    source: { kind: "image", digest, reference: `registry.example:5000/team/ranker@${digest}` },
  });
  const nobody = async () => {
    throw new Error("asked");
  };
  expect(await imageRelease(`ranker@${digest}`, nobody)).toMatchObject({
    commit: "0123456789ab",
    source: { reference: `ranker@${digest}` },
  });
  expect(await imageRelease(`team/ranker:2@${digest}`, nobody)).toMatchObject({
    commit: "2",
    source: { reference: `team/ranker@${digest}` },
  });
});

test("an image's version does not change with the worker's own sources, which are not in it", async () => {
  const source = { image: `ranker@sha256:${"0".repeat(64)}` };
  const version = async (given: Record<string, string>) => {
    const { algorithms } = resolveRegistry(
      { namespaces: { a: { owner: "us" } }, algorithms: { one: { namespace: "a", owner: "us", source } } },
      "dev",
    );
    const options = { form: "remote" as const, cache: "/nowhere", projectDirectory: "/nowhere" };
    const candidate = (await resolveCandidates(algorithms, given, options)).get("one");
    return candidate && "version" in candidate ? candidate.version : undefined;
  };
  expect(await version({ platform: "kubernetes", runtime: "1" })).toBe(
    await version({ platform: "kubernetes", runtime: "2" }),
  );
});

test("a mock is its text, of a size that fits into a ConfigMap", async () => {
  const projectDirectory = await temporaryFolder();
  await mkdir(path.join(projectDirectory, "mocks"));
  const file = path.join(projectDirectory, "mocks", "one.py");
  await writeFile(file, "A = 1\n");
  expect((await candidateOf({ mock: "mocks/one.py" }, { projectDirectory })).candidate).toMatchObject({
    commit: "mock",
    source: { kind: "mock", file: "one.py", text: "A = 1\n" },
  });
  await writeFile(file, `A = "${"a".repeat(300 * 1024)}"\n`);
  expect((await candidateOf({ mock: "mocks/one.py" }, { projectDirectory })).candidate).toEqual({
    problem: "`mock` is `mocks/one.py`, which has 301 KiB. Shorten its canned answers to 256 KiB or less.",
  });
});
