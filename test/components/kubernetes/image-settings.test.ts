import { expect, test } from "vitest";
import { kubernetesRecipe } from "../../../components/kubernetes/image-recipe.ts";
import { buildSecretsProblem, imageProblems, imagesSettings } from "../../../components/kubernetes/image-settings.ts";
import { wantedImage } from "../../../components/kubernetes/wanted-image.ts";
import { resolveRegistry } from "../../../registry/resolve.ts";

test("everything but the registry has a default", () => {
  expect(imagesSettings.parse({})).toEqual({
    python: "python:{version}-slim",
    platforms: ["linux/amd64"],
    secrets: {},
    pullSecrets: [],
  });
});

test("a secret is given by where it is, and never by its value", () => {
  const said = (secrets: object) => imagesSettings.safeParse({ secrets }).error?.issues.map(({ message }) => message);
  expect(said({ pip: "[global]\nindex-url = …" })).toEqual([
    "Write where the value is, `{ env: NAME }` or `{ file: PATH }`, and never the value itself.",
  ]);
  expect(said({ gitToken: { env: "GIT_TOKEN" }, ca: { file: "~/ca.pem" } })).toBeUndefined();
});

test("a registry is written without a tag, and an image of Python for every version", () => {
  const accepts = (given: object) => imagesSettings.safeParse(given).success;
  expect(accepts({ registry: "registry.example:5000/algorithms" })).toBe(true);
  expect(accepts({ registry: "registry.example/algorithms:1" })).toBe(false);
  expect(accepts({ registry: "https://registry.example/algorithms" })).toBe(false);
  expect(accepts({ python: "python:3.11" })).toBe(false);
  expect(accepts({ cache: "registry.example/cache@sha256:0" })).toBe(false);
});

test("without a registry only images that teams bring can be run, and a cache holds one platform", () => {
  const { algorithms } = resolveRegistry(
    {
      namespaces: { speech: { owner: "us" } },
      algorithms: {
        built: { namespace: "speech", owner: "us", source: { git: "https://host.example/team/one" } },
        brought: { namespace: "speech", owner: "us", source: { image: "ranker:1" } },
      },
    },
    "dev",
  );
  expect(imageProblems(imagesSettings.parse({}), algorithms)).toEqual([
    "`conduit:images` has no `registry`, and images are to be built of `built`. Name a registry to which Pulumi may push and from which the cluster may pull.",
  ]);
  expect(imageProblems(imagesSettings.parse({}), algorithms.slice(1))).toEqual([]);
  const both = { registry: "a.example/b", cache: "a.example/c", platforms: ["linux/amd64", "linux/arm64"] };
  expect(imageProblems(imagesSettings.parse(both), algorithms)).toHaveLength(1);
});

test("another registry, base, platform or secret in the template is another recipe; where secrets are is not", () => {
  const recipe = (given: object) => kubernetesRecipe(imagesSettings.parse(given), "0").image;
  const all = [
    {},
    { registry: "a.example/b" },
    { python: "mirror.example/python:{version}" },
    { platforms: ["linux/arm64"] },
    { secrets: { ca: { env: "CA" } } },
  ].map(recipe);
  expect(new Set(all).size).toBe(5);
  expect(recipe({ secrets: { ca: { file: "/ca.pem" } } })).toBe(recipe({ secrets: { ca: { env: "CA" } } }));
  expect(recipe({ cache: "a.example/c" })).toBe(recipe({}));
});

test("what is deployed of an algorithm with a problem is what was before", () => {
  const { algorithms } = resolveRegistry(
    {
      namespaces: { speech: { owner: "us" } },
      algorithms: { one: { namespace: "speech", owner: "us", source: { image: "ranker:1" } } },
    },
    "dev",
  );
  const [{ source } = { source: { kind: "image" as const, image: "" } }] = algorithms;
  const mock = { source: { kind: "mock", file: "a.py", text: "" }, commit: "mock", dependencies: "" };
  const problem = { problem: "unreachable" };
  expect(wantedImage(problem, { ...mock, settings: { python: "3.13" } }, source)).toEqual({
    kind: "mock",
    python: "3.13",
  });
  expect(wantedImage(problem, undefined, source)).toEqual({ kind: "image", python: "3.11" });
});

test("build secrets are refused where the state's passphrase is empty; certificates are none", () => {
  const settings = (secrets: object) => imagesSettings.parse({ registry: "registry.example/algorithms", secrets });
  const empty = { PULUMI_CONFIG_PASSPHRASE: "" };
  const pip = settings({ pip: { env: "PIP" }, gitToken: { env: "TOKEN" } });
  expect(buildSecretsProblem(pip, empty)).toBe(
    "`conduit:images.secrets` gives `pip`, `gitToken`, which would be in the stack's state, encrypted with an empty passphrase. " +
      "Set `PULUMI_BACKEND_URL` and a `PULUMI_CONFIG_PASSPHRASE` of your own, or use a backend with keys of its own.",
  );
  expect(buildSecretsProblem(pip, { PULUMI_CONFIG_PASSPHRASE: "long and random" })).toBeUndefined();
  expect(buildSecretsProblem(pip, {})).toBeUndefined();
  expect(buildSecretsProblem(settings({ ca: { file: "/etc/ssl/ca.pem" } }), empty)).toBeUndefined();
});
