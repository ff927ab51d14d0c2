import { readFile } from "node:fs/promises";
import path from "node:path";
import { Image, type ImageArgs } from "@pulumi/docker-build";
import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGitServer } from "../sources/support/git-server.ts";
import { makeFolder } from "../support/folders.ts";
import { type AlgorithmRepository, makeRepository } from "../support/project.ts";
import { removeStores } from "./support/buildah.ts";
import { manifestOf, type Registry, startRegistry } from "./support/registry.ts";
import { testStack } from "./support/stack.ts";

let folder: string;
let registry: Registry;
let repository: AlgorithmRepository;
let server: Awaited<ReturnType<typeof startGitServer>>;

beforeAll(async () => {
  folder = await makeFolder();
  registry = await startRegistry(path.join(folder, "registry"));
  repository = await makeRepository(path.join(folder, "repositories", "one"), { "part/a.txt": "first" });
  server = await startGitServer(path.join(folder, "repositories"));
});

afterAll(async () => {
  await Promise.all([registry?.close(), server?.close()]);
  await removeStores(folder);
});

/** A stack with one image. What was built before is in `machine`. */
async function stackOf(
  name: string,
  args: Partial<ImageArgs>,
  { machine = "one", ...options }: pulumi.CustomResourceOptions & { machine?: string } = {},
) {
  const program = async () => {
    const tags = [`${registry.host}/${name}:1`];
    const image = new Image("image", { push: true, buildOnPreview: false, tags, ...args }, options);
    return { ref: image.ref, digest: image.digest };
  };
  const environment = { CONDUIT_TEST_BUILDAH: path.join(folder, machine) };
  return await testStack(program, { folder: path.join(folder, name), plugins: ["docker-build"], environment });
}

const inline = "FROM scratch\nCOPY a.txt /a.txt\n";

function at(commit: string): Partial<ImageArgs> {
  return { dockerfile: { inline }, context: { location: `${server.url("one/.git")}#${commit}:part` } };
}

test("an image of a commit is built once, and by no other machine; a new commit builds it once more", async () => {
  const first = await repository.commit({ "part/a.txt": "first commit" });
  const { outputs } = await (await stackOf("git", at(first), { retainOnDelete: true })).up();
  expect(outputs.ref?.value).toBe(`${registry.host}/git:1@${outputs.digest?.value}`);
  expect(await manifestOf(registry, "git", outputs.digest?.value)).toMatchObject({ layers: [expect.anything()] });

  server.requests.length = 0;
  const other = await stackOf("git", at(first), { retainOnDelete: true, machine: "two" });
  const { changeSummary } = await other.preview();
  expect(changeSummary).toEqual({ same: 2 });
  expect((await other.up()).summary.resourceChanges).toEqual({ same: 2 });
  expect(server.requests).toEqual([]);

  const second = await repository.commit({ "part/a.txt": "second commit" });
  const next = await stackOf("git", at(second), { retainOnDelete: true });
  expect((await next.preview()).changeSummary).toEqual({ same: 1, update: 1 });
  const after = await next.up();
  expect(after.summary.resourceChanges).toEqual({ same: 1, update: 1 });
  expect(after.outputs.digest?.value).not.toBe(outputs.digest?.value);

  await next.destroy();
  for (const digest of [outputs.digest?.value, after.outputs.digest?.value]) {
    expect(await manifestOf(registry, "git", digest)).toBeDefined();
  }
});

test("an image that nothing retains goes from the registry with its resource", async () => {
  const commit = await repository.commit({ "part/a.txt": "to be removed" });
  const stack = await stackOf("removed", at(commit));
  const digest = (await stack.up()).outputs.digest?.value;
  expect(await manifestOf(registry, "removed", digest)).toBeDefined();
  await stack.destroy();
  expect(await manifestOf(registry, "removed", digest)).toBeUndefined();
});

test("an image that was taken from the registry is found missing by a refresh, and built again", async () => {
  const commit = await repository.commit({ "part/a.txt": "taken away" });
  const stack = await stackOf("taken", at(commit));
  const digest = (await stack.up()).outputs.digest?.value;
  await fetch(`${registry.url}/v2/taken/manifests/${digest}`, { method: "DELETE" });
  await stack.refresh();
  expect((await stack.up()).summary.resourceChanges).toEqual({ create: 1, same: 1 });
});

test("a secret is not in the clear in the state, and another value of it builds nothing", async () => {
  const commit = await repository.commit({ "part/a.txt": "with a secret" });
  const secrets = { token: "planted-7d1f" };
  const args = { ...at(commit), secrets, ignoreSecretsInDiffCalculation: ["token"] };
  await (await stackOf("secret", args)).up();
  const state = await readFile(path.join(folder, "secret", "state/.pulumi/stacks/platform/test.json"), "utf8");
  expect(state).toContain("ciphertext");
  expect(state).not.toContain("planted-7d1f");
  const rotated = await stackOf("secret", { ...args, secrets: { token: "another" } });
  expect((await rotated.up()).summary.resourceChanges).toEqual({ same: 2 });
});

test("a Dockerfile that cannot be built is an error that shows the builder's words", async () => {
  const commit = await repository.commit({ "part/b.txt": "no a" });
  const args = { ...at(commit), dockerfile: { inline: "FROM scratch\nCOPY missing.txt /\n" } };
  await expect((await stackOf("broken", args)).up()).rejects.toThrow(/missing\.txt/);
});
