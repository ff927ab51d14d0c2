import path from "node:path";
import { expect, test } from "vitest";
import { resolveRegistry } from "../../registry/resolve.ts";
import { resolveCandidates } from "../../stacks/candidates.ts";
import { answering, pyproject } from "../support/algorithms.ts";
import { temporaryFolder } from "../support/folders.ts";
import { makeRepository } from "../support/project.ts";

async function candidatesOf(files: Record<string, string>, fields: object = {}) {
  const projectDirectory = await temporaryFolder();
  const { folder } = await makeRepository(path.join(projectDirectory, "repository"), files);
  const algorithm = { namespace: "speech", owner: "us", source: { git: `file://${folder}` }, ...fields };
  const registry = resolveRegistry(
    { namespaces: { speech: { owner: "us" } }, algorithms: { one: algorithm } },
    "local",
  );
  const options = { cache: path.join(projectDirectory, "cache"), projectDirectory };
  const candidates = await resolveCandidates(registry.algorithms, { platform: "local" }, options);
  return candidates.get("one");
}

test("a candidate is the version of the source, with the settings that its repository asks for", async () => {
  const settings = '[tool.conduit]\nmemory = "2Gi"\nconcurrency = 3\n';
  const candidate = await candidatesOf({ ...answering("1"), "pyproject.toml": pyproject(settings) });
  expect(candidate).toMatchObject({
    version: expect.stringMatching(/^[0-9a-f]{12}-[0-9a-f]{8}$/),
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    settings: { memory: 2 * 2 ** 30, concurrency: 3, python: "3.11", shutdownGrace: 70_000 },
  });
});

test("what the registry sets overrides the repository", async () => {
  const files = { ...answering("1"), "pyproject.toml": pyproject("[tool.conduit]\nconcurrency = 3\n") };
  expect(await candidatesOf(files, { concurrency: 5 })).toMatchObject({ settings: { concurrency: 5 } });
});

test("a repository that asks for more than its limit is a problem of that algorithm, with both sides named", async () => {
  const files = { ...answering("1"), "pyproject.toml": pyproject('[tool.conduit]\nmemory = "8Gi"\n') };
  const candidate = await candidatesOf(files, { limits: { memory: "4Gi" } });
  expect(candidate).toEqual({ problem: expect.stringMatching(/8Gi[\s\S]*4Gi/) });
});

test("another recipe is another version of the same content", async () => {
  const projectDirectory = await temporaryFolder();
  const { folder } = await makeRepository(path.join(projectDirectory, "repository"), answering("1"));
  const algorithm = { namespace: "speech", owner: "us", source: { git: `file://${folder}` } };
  const { algorithms } = resolveRegistry(
    { namespaces: { speech: { owner: "us" } }, algorithms: { one: algorithm } },
    "local",
  );
  const options = { cache: path.join(projectDirectory, "cache"), projectDirectory };
  const versionOn = async (platform: string) => {
    const candidate = (await resolveCandidates(algorithms, { platform }, options)).get("one");
    return candidate && "version" in candidate ? candidate.version : undefined;
  };
  const [local, other] = [await versionOn("local"), await versionOn("other")];
  expect(local?.split("-")[0]).toBe(other?.split("-")[0]);
  expect(local).not.toBe(other);
});
