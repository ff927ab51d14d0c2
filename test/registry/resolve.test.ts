import { expect, test } from "vitest";
import { resolveRegistry } from "../../registry/resolve.ts";
import { problemsOf, registryWith } from "./problems-of.ts";

test("a minimal registry gets every default", () => {
  expect(resolveRegistry(registryWith(), "dev")).toMatchInlineSnapshot(`
    {
      "algorithms": [
        {
          "egress": {
            "cidrs": [],
            "internet": false,
          },
          "env": {},
          "identity": {
            "annotations": {},
          },
          "lanes": [
            {
              "name": "default",
              "objectName": "ranker",
              "scaling": {
                "backlogPerWorker": 5,
                "idleAfter": 300000,
                "max": 10,
                "min": 0,
              },
              "taskQueue": "ranker",
            },
          ],
          "limits": {
            "startup": 3600000,
          },
          "name": "ranker",
          "namespace": "search",
          "owner": {
            "team": "relevance",
          },
          "scaling": {
            "backlogPerWorker": 5,
            "idleAfter": 300000,
            "max": 10,
            "min": 0,
          },
          "secrets": {},
          "settings": {},
          "source": {
            "git": "https://git.acme.example/ranker",
            "include": [],
            "kind": "git",
            "ref": "main",
            "subdir": ".",
          },
          "temporalNamespace": "search",
        },
      ],
      "namespaces": [
        {
          "adopt": false,
          "deleteWithStack": false,
          "manage": true,
          "name": "search",
          "owner": {
            "team": "search-platform",
          },
          "retention": 2592000000,
          "searchAttributes": {},
          "temporalName": "search",
        },
      ],
    }
  `);
});

test("quantities and durations become whole numbers, and what the registry sets of the repository's stays as written", () => {
  const [algorithm] = resolveRegistry(
    registryWith({
      limits: { cpu: "2", memory: "4Gi", startToClose: "1h", startup: "2h", maximumAttempts: 3 },
      scaling: { idleAfter: "90s" },
      state: { size: "10Gi", mountPath: "/data" },
      memory: "2Gi",
      timeouts: { startToClose: "5m" },
    }),
    "dev",
  ).algorithms;
  expect(algorithm?.limits).toEqual({
    cpu: 2000,
    memory: 4 * 2 ** 30,
    startToClose: 3_600_000,
    startup: 7_200_000,
    maximumAttempts: 3,
  });
  expect(algorithm?.scaling).toEqual({ min: 0, max: 1, backlogPerWorker: 5, idleAfter: 90_000 });
  expect(algorithm?.state).toEqual({ size: 10 * 2 ** 30, mountPath: "/data", sharing: "exclusive" });
  expect(algorithm?.settings).toEqual({ memory: "2Gi", timeouts: { startToClose: "5m" } });
});

test("defaults lie below the algorithm, the stack's changes above it, section by section", () => {
  const registry = registryWith(
    { scaling: { min: 1 }, env: { MODEL: "small", LEVEL: "info" }, cpu: "1" },
    {
      defaults: { scaling: { min: 2, max: 5 }, env: { LEVEL: "debug", REGION: "eu" }, cpu: "500m", memory: "2Gi" },
      stacks: {
        prod: { ranker: { scaling: { max: 8 }, env: { MODEL: "large" }, timeouts: { startup: "1m" } } },
        dev: {},
      },
    },
  );
  const [prod] = resolveRegistry(registry, "prod").algorithms;
  expect(prod?.scaling).toMatchObject({ min: 1, max: 8 });
  expect(prod?.env).toEqual({ LEVEL: "info", REGION: "eu", MODEL: "large" });
  expect(prod?.settings).toEqual({ cpu: "1", memory: "2Gi", timeouts: { startup: "1m" } });
  const [dev] = resolveRegistry(registry, "dev").algorithms;
  expect(dev?.scaling).toMatchObject({ min: 1, max: 5 });
  expect(dev?.env).toEqual({ LEVEL: "info", REGION: "eu", MODEL: "small" });
});

test("a stack changes single fields of a git source, and any other source as a whole", () => {
  const source = { git: "https://git.acme.example/ranker", subdir: "ranker", include: ["shared"] };
  const stacks = {
    prod: { ranker: { source: { ref: "release" } } },
    fork: { ranker: { source: { git: "https://git.acme.example/fork" } } },
    dev: { ranker: { source: { path: "../ranker" } } },
    early: { ranker: { source: { mock: "mocks/ranker.py" } } },
  };
  const sourceOn = (stack: string) =>
    resolveRegistry(registryWith({ source }, { stacks }), stack).algorithms[0]?.source;
  expect(sourceOn("prod")).toEqual({ kind: "git", ...source, ref: "release" });
  expect(sourceOn("fork")).toEqual({ kind: "git", ...source, git: "https://git.acme.example/fork", ref: "main" });
  expect(sourceOn("dev")).toEqual({ kind: "path", path: "../ranker" });
  expect(sourceOn("early")).toEqual({ kind: "mock", mock: "mocks/ranker.py" });
  expect(sourceOn("unheard-of")).toEqual({ kind: "git", ...source, ref: "main" });
});

test("a stack replaces an owner as a whole and moves an algorithm to another namespace", () => {
  const registry = registryWith(
    { owner: { team: "relevance", github: "acme/relevance" } },
    {
      namespaces: { search: { owner: "a" }, trial: { owner: "a", temporalName: "trial.a1b2c" } },
      stacks: { trial: { ranker: { owner: { team: "trial-team", slack: "#trial" }, namespace: "trial" } } },
    },
  );
  const [algorithm] = resolveRegistry(registry, "trial").algorithms;
  expect(algorithm?.owner).toEqual({ team: "trial-team", slack: "#trial" });
  expect(algorithm).toMatchObject({ namespace: "trial", temporalNamespace: "trial.a1b2c" });
});

test("lanes have their own names and resources, and the algorithm's scaling below their own", () => {
  const lanes = { default: {}, online: { scaling: { min: 2 }, cpu: "2" }, offline: { gpu: 1, concurrency: 4 } };
  const [algorithm] = resolveRegistry(registryWith({ scaling: { max: 6 }, lanes }), "dev").algorithms;
  const scaling = { min: 0, max: 6, backlogPerWorker: 5, idleAfter: 300_000 };
  expect(algorithm?.lanes).toEqual([
    { name: "default", objectName: "ranker", taskQueue: "ranker", scaling },
    {
      name: "online",
      objectName: "ranker-online",
      taskQueue: "ranker.online",
      scaling: { ...scaling, min: 2 },
      cpu: 2000,
    },
    { name: "offline", objectName: "ranker-offline", taskQueue: "ranker.offline", scaling, gpu: 1, concurrency: 4 },
  ]);
});

test("a namespace of Temporal Cloud keeps its own name and address", () => {
  const search = { owner: "a", temporalName: "search.a1b2c", manage: false, address: "search.a1b2c.tmprl.cloud:7233" };
  const registry = resolveRegistry(registryWith({}, { namespaces: { search } }), "dev");
  expect(registry.namespaces[0]).toMatchObject({ ...search, name: "search", owner: { team: "a" } });
  expect(registry.algorithms[0]?.temporalNamespace).toBe("search.a1b2c");
});

test("paths of a source are shortened", () => {
  const source = { git: "/srv/ranker", subdir: "./ranker/", include: ["shared//", "./"] };
  const [algorithm] = resolveRegistry(registryWith({ source }), "dev").algorithms;
  expect(algorithm?.source).toMatchObject({ subdir: "ranker", include: ["shared", "."] });
});

test("a registry without algorithms is right", () => {
  expect(resolveRegistry({ namespaces: {}, algorithms: {} }, "dev")).toEqual({ namespaces: [], algorithms: [] });
});

test("names that all objects inherit are names like any other", () => {
  const algorithm = { namespace: "constructor", owner: "a", source: { path: "." }, env: { constructor: "x" } };
  const registry = { namespaces: { constructor: { owner: "a" } }, algorithms: { constructor: algorithm } };
  expect(resolveRegistry(registry, "dev").algorithms[0]).toMatchObject({
    name: "constructor",
    env: { constructor: "x" },
  });
  expect(problemsOf({ ...registry, namespaces: {} })).toEqual([
    '`algorithms.constructor.namespace` is "constructor", which is not a key of `namespaces`. Add it to `namespaces`.',
  ]);
});

test("what is resolved is frozen through and through, and shares nothing with what was written", () => {
  const include = ["shared"];
  const written = registryWith({ source: { git: "/srv/ranker", include }, retry: { nonRetryable: ["ValueError"] } });
  const registry = resolveRegistry(written, "dev");
  const unfrozen: string[] = [];
  const walk = (value: unknown, path: string) => {
    if (typeof value !== "object" || value === null) return;
    if (!Object.isFrozen(value)) unfrozen.push(path);
    for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
  };
  walk(registry, "registry");
  expect(unfrozen).toEqual([]);
  include.push("more");
  expect(registry.algorithms[0]?.source).toMatchObject({ include: ["shared"] });
  expect(Object.isFrozen(written)).toBe(false);
});

test("undefined fields count as left out", () => {
  const written = registryWith(
    { cpu: undefined, ranking: undefined, scaling: undefined, state: undefined },
    { defaults: undefined, stacks: undefined },
  );
  expect(resolveRegistry(written, "dev")).toEqual(resolveRegistry(registryWith(), "dev"));
});
