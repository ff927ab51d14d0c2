import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startGitServer } from "../sources/support/git-server.ts";
import { makeFolder } from "../support/folders.ts";
import { type AlgorithmRepository, makeRepository } from "../support/project.ts";
import { removeStores } from "./support/buildah.ts";
import { imageStack, runInImage } from "./support/image-stack.ts";
import { pushPythonImage } from "./support/python-image.ts";
import { manifestOf, type Registry, startRegistry } from "./support/registry.ts";

let folder: string;
let registry: Registry;
let repository: AlgorithmRepository;
let server: Awaited<ReturnType<typeof startGitServer>>;

const code = (answer: string) => `import six
from temporalio import activity


@activity.defn
def answer() -> str:
    return six.ensure_str("${answer}")
`;

beforeAll(async () => {
  folder = await makeFolder();
  registry = await startRegistry(path.join(folder, "registry"));
  await pushPythonImage(registry);
  repository = await makeRepository(path.join(folder, "repositories", "one"), {
    "speech/ranker/ranker.py": code("first"),
    "speech/ranker/requirements.txt": "six==1.16.0\n",
    "elsewhere/readme.md": "",
    "100% c#/a%23b/odd.py": code("odd"),
    "100% c#/a%23b/requirements.txt": "six==1.16.0\n",
  });
  server = await startGitServer(path.join(folder, "repositories"));
}, 600_000);

afterAll(async () => {
  await Promise.all([registry?.close(), server?.close()]);
  await removeStores(folder);
});

/** The stack as a machine sees it that has only what it has made itself. */
function stackOn(machine: string) {
  const ranker = { git: server.url("one/.git"), subdir: "speech/ranker" };
  return imageStack({ folder, registry, machine, algorithms: { ranker } });
}

const manifest = z.object({ layers: z.array(z.object({ digest: z.string() })) });

async function layersOf(image: string): Promise<string[]> {
  const { layers } = manifest.parse(await manifestOf(registry, "algorithms/ranker", image.replace(/^.*@/, "")));
  return layers.map(({ digest }) => digest);
}

test("an image is built once for a version; a commit of code alone leaves the layer of packages as it is", async () => {
  const first = (await (await stackOn("one")).up()).outputs.ranker?.value;
  expect(first).toMatch(/\/algorithms\/ranker:[0-9a-f]{12}-[0-9a-f]{8}@sha256:[0-9a-f]{64}$/);
  const shown = await runInImage(folder, first, "python", "-m", "algorithm_conduit", "check");
  expect(shown).toContain("answer() -> str");
  expect(await runInImage(folder, first, "id", "-u")).toBe("1000\n");

  // Another machine, which never saw any of it.
  server.requests.length = 0;
  expect((await (await stackOn("two")).up()).summary.resourceChanges).toEqual({ same: 6 });
  expect(server.requests.filter(({ body }) => body.includes("fetch"))).toEqual([]);
  expect(existsSync(path.join(folder, "two"))).toBe(false);

  // A commit elsewhere in the repository.
  await repository.commit({ "elsewhere/readme.md": "more" });
  expect((await (await stackOn("two")).up()).summary.resourceChanges).toEqual({ same: 6 });
  expect(existsSync(path.join(folder, "two", "builds"))).toBe(false);

  // A commit of code, built on a machine that has built nothing yet.
  await repository.commit({ "speech/ranker/ranker.py": code("second") });
  const second = (await (await stackOn("two")).up()).outputs.ranker?.value;
  const [before, after] = [await layersOf(first), await layersOf(second)];
  expect(after).toHaveLength(before.length);
  expect(before.filter((layer, index) => layer !== after[index]).length).toBeLessThanOrEqual(2);
  expect(before.slice(0, -2)).toEqual(after.slice(0, -2));
}, 600_000);

test("a folder is built whatever its name means in an address", async () => {
  const odd = { git: server.url("one/.git"), subdir: "100% c#/a%23b" };
  const stack = await imageStack({ folder, registry, machine: "two", algorithms: { odd } });
  const image = (await stack.up()).outputs.odd?.value;
  expect(await runInImage(folder, image, "python", "-m", "algorithm_conduit", "check")).toContain("answer() -> str");
}, 600_000);
