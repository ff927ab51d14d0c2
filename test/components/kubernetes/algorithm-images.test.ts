import { expect, test } from "vitest";
import { algorithmImages } from "../../../components/kubernetes/algorithm-images.ts";
import { imagesSettings } from "../../../components/kubernetes/image-settings.ts";
import { type Candidate, Release } from "../../../components/release.ts";
import type { Source } from "../../../registry/resolve.ts";
import type { ReleaseSource } from "../../../sources/release-source.ts";
import { deploy } from "../../support/mocks.ts";
import { entryOf, settingsOf } from "./support.ts";

const digest = `sha256:${"a".repeat(64)}`;
const git = {
  ...{ kind: "git" as const, git: "https://host.example/team/one", ref: "main", subdir: ".", include: [] },
  ...{ head: "0", tree: "1", repository: { settings: {} } },
  requires: { kind: "none" as const, files: [], localPackages: [] },
};
const image = { kind: "image" as const, image: "ranker:1", digest, reference: `ranker@${digest}` };
const mock = { kind: "mock" as const, file: "ranker.py", text: "" };
const releaseOf = (source: object) => ({
  ...{ version: "v1", commit: "c1", dependencies: "", source },
  settings: { python: "3.12" },
});

interface Asked {
  readonly registry?: string;
  readonly entry: Source;
  readonly candidate: Candidate;
  /** What the engine says of the release. */
  readonly release: object;
  readonly built?: Readonly<Record<string, string>>;
}

/** The value of an output once it is there; undefined where it is not known. */
async function promiseOf(output: object): Promise<unknown> {
  return "promise" in output && typeof output.promise === "function" ? output.promise() : undefined;
}

/** What is made for an algorithm besides its release, and the image that its pods are given; undefined for none. */
async function made({ registry, entry, candidate, release, built = {} }: Asked) {
  let value: unknown;
  const resources = await deploy(
    async () => {
      const head = new Release("ranker", { algorithm: "ranker", candidate });
      const imageOf = algorithmImages({
        images: imagesSettings.parse(registry === undefined ? {} : { registry }),
        context: { location: "images", digest: "0" },
        previous: new Map([["ranker", release]]),
        built: new Map(Object.entries(built)),
      });
      const { image: given } = imageOf("ranker", { entry: { source: entry }, release: head, candidate }, head);
      // As the gate does, whose inputs it is among.
      value = await promiseOf(given);
    },
    (type, inputs) => (type === "conduit:index:Release" ? { ...inputs, ...release } : inputs),
  );
  return { value, others: resources.filter(({ type }) => type !== "conduit:index:Release") };
}

const found = (source: ReleaseSource): Candidate => ({
  ...{ version: "v2", commit: "c2", settings: settingsOf(entryOf()), dependencies: "", stages: { resolve: 1 } },
  source,
});
const problem = { problem: "The registry of `ranker:1` cannot be reached." };
const entry = { kind: "image" as const, image: "ranker:1" };

test("a version that was built keeps its image while its next one cannot be found, where nothing is built any more", async () => {
  const reference = `registry.example/ranker:v1@${digest}`;
  const asked = { entry, candidate: problem, release: releaseOf(git), built: { ranker: reference } };
  expect(await made(asked)).toEqual({ value: reference, others: [] });
});

test("so does a mock, whose image is the worker's", async () => {
  const reference = `registry.example/conduit-worker:3.12@${digest}`;
  const asked = { entry, candidate: problem, release: releaseOf(mock), built: { "worker-python-3.12": reference } };
  expect(await made(asked)).toEqual({ value: reference, others: [] });
});

test("where its image is not known, the algorithm alone is refused with its problem, and nothing is made of it", async () => {
  const { value, others } = await made({ entry, candidate: problem, release: releaseOf(git) });
  expect(value).toBeUndefined();
  const inputs = { algorithm: "ranker", ...problem };
  expect(others).toMatchObject([{ type: "conduit:index:Refusal", name: "ranker", inputs }]);
});

test("a run that leaves the release as it was refuses the algorithm alone, where the registry names another kind by now", async () => {
  const registry = "registry.example/algorithms";
  const toImage = await made({ registry, entry, candidate: found(image), release: releaseOf(git) });
  expect(toImage.value).toBeUndefined();
  expect(toImage.others).toMatchObject([{ type: "conduit:index:Refusal", name: "ranker" }]);
  expect(toImage.others[0]?.inputs.problem).toBe(
    "Its release has a source of the kind `git`, and the registry names one of the kind `image`, which this run did not " +
      "take up. Run it again for this algorithm too.",
  );
  const repository = { kind: "git" as const, git: git.git, ref: "main", subdir: ".", include: [] };
  const toGit = await made({ registry, entry: repository, candidate: found(git), release: releaseOf(image) });
  const refusals = toGit.others.filter(({ type }) => type === "conduit:index:Refusal");
  expect(refusals).toMatchObject([{ name: "ranker", inputs: { algorithm: "ranker" } }]);
});
