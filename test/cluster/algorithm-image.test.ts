import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { algorithmImages } from "../../components/kubernetes/algorithm-images.ts";
import { imageRecipe } from "../../components/kubernetes/image-recipe.ts";
import { imagesSettings } from "../../components/kubernetes/image-settings.ts";
import { previousOutputs } from "../../components/kubernetes/previous-outputs.ts";
import { Release } from "../../components/release.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import { readWorkerImageContext, writeWorkerImageContext } from "../../runtime/worker-image-context.ts";
import { resolveCandidates } from "../../stacks/candidates.ts";
import { previousState } from "../../stacks/previous-state.ts";
import { run } from "../../tools/run.ts";
import { startGitServer } from "../sources/support/git-server.ts";
import { makeFolder } from "../support/folders.ts";
import { type AlgorithmRepository, makeRepository } from "../support/project.ts";
import { ensureBuildah } from "./support/buildah.ts";
import { pushPythonImage } from "./support/python-image.ts";
import { manifestOf, type Registry, startRegistry } from "./support/registry.ts";
import { testStack } from "./support/stack.ts";

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
  await ensureBuildah();
  folder = await makeFolder();
  registry = await startRegistry(path.join(folder, "registry"));
  await pushPythonImage(registry);
  repository = await makeRepository(path.join(folder, "repositories", "one"), {
    "speech/ranker/ranker.py": code("first"),
    "speech/ranker/requirements.txt": "six==1.16.0\n",
    "elsewhere/readme.md": "",
  });
  server = await startGitServer(path.join(folder, "repositories"));
}, 600_000);

afterAll(async () => {
  await Promise.all([registry?.close(), server?.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** The stack as a machine sees it that has only what lies in its own folder. */
async function stackOn(machine: string) {
  const home = path.join(folder, machine);
  const { algorithms } = resolveRegistry(
    {
      namespaces: { speech: { owner: "us" } },
      algorithms: {
        ranker: { namespace: "speech", owner: "us", source: { git: server.url("one/.git"), subdir: "speech/ranker" } },
      },
    },
    "test",
  );
  const images = imagesSettings.parse({
    registry: `${registry.host}/algorithms`,
    python: `${registry.host}/python:{version}`,
    cache: `${registry.host}/cache`,
    secrets: { ca: { file: "/etc/ssl/certs/ca-certificates.crt" } },
  });
  const program = async () => {
    const context = await readWorkerImageContext();
    await writeWorkerImageContext(context, path.join(folder, "project", ".conduit", "images"));
    const releases = (await previousState(previousOutputs)).ofType("conduit:index:Release");
    const previous = new Map(releases.map(({ name, outputs }) => [name, outputs]));
    const recipe = { platform: "kubernetes", ...imageRecipe(images, context.digest) };
    const options = { form: "remote" as const, cache: path.join(home, "cache"), projectDirectory: folder, previous };
    const candidates = await resolveCandidates(algorithms, recipe, options);
    const location = `.conduit/images/${context.digest}`;
    const imageOf = algorithmImages({ images, context: { digest: context.digest, location }, previous });
    const outputs = algorithms.map((entry) => {
      const { name } = entry;
      const candidate = candidates.get(name) ?? { problem: "" };
      const release = new Release(name, { algorithm: name, candidate });
      return [name, imageOf(name, { entry, release, candidate }, release).image];
    });
    return Object.fromEntries(outputs);
  };
  const environment = { CONDUIT_TEST_BUILDAH: path.join(home, "builds") };
  return await testStack(program, { folder, plugins: ["docker-build"], environment });
}

/** Runs a command in an image, as pods do: not as root. */
async function runIn(image: string, ...command: string[]): Promise<string> {
  const store = path.join(folder, "runs");
  const buildah = (...args: string[]) =>
    run("buildah", ["--root", path.join(store, "root"), "--runroot", path.join(store, "run"), ...args]);
  const container = (await buildah("from", "--tls-verify=false", image)).trim();
  return await buildah("run", "--isolation=chroot", container, "--", ...command);
}

const manifest = z.object({ layers: z.array(z.object({ digest: z.string() })) });

async function layersOf(image: string): Promise<string[]> {
  const { layers } = manifest.parse(await manifestOf(registry, "algorithms/ranker", image.replace(/^.*@/, "")));
  return layers.map(({ digest }) => digest);
}

test("an image is built once for a version; a commit of code alone leaves the layer of packages as it is", async () => {
  const first = (await (await stackOn("one")).up()).outputs.ranker?.value;
  expect(first).toMatch(/\/algorithms\/ranker:[0-9a-f]{12}-[0-9a-f]{8}@sha256:[0-9a-f]{64}$/);
  const shown = await runIn(first, "python", "-m", "algorithm_conduit", "check");
  expect(shown).toContain("answer() -> str");
  expect(await runIn(first, "id", "-u")).toBe("1000\n");

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
