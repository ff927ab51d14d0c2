import { expect, test } from "vitest";
import type { Algorithm } from "../../registry/resolve.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import { resolveSettings, rolloutOf, settingsOfLane } from "../../registry/settings.ts";
import { problemsIn, registryWith } from "./problems-of.ts";

const origin = "`pyproject.toml` of `ranker`";

function ranker(fields: object = {}): Algorithm {
  const [algorithm] = resolveRegistry(registryWith(fields), "dev").algorithms;
  if (algorithm === undefined) throw new Error("there is no ranker");
  return algorithm;
}

test("where neither side says anything, every default holds", () => {
  expect(resolveSettings(ranker(), undefined, origin)).toMatchInlineSnapshot(`
    {
      "concurrency": 1,
      "cpu": 250,
      "gpu": 0,
      "memory": 1073741824,
      "retry": {
        "backoffCoefficient": 2,
        "initialInterval": 1000,
        "maximumAttempts": 10,
        "maximumInterval": 100000,
        "nonRetryable": [],
      },
      "shutdownGrace": 70000,
      "timeouts": {
        "startToClose": 60000,
        "startup": 600000,
      },
    }
  `);
});

test("the repository's settings hold, and the registry's override them field by field", () => {
  const fromRepository = {
    cpu: "2",
    memory: "4Gi",
    timeouts: { startToClose: "10m", heartbeat: "30s" },
    retry: { nonRetryable: ["ValueError", "KeyError"] },
  };
  const registry = {
    memory: "2Gi",
    timeouts: { startup: "1m" },
    retry: { nonRetryable: ["InputError"] },
    python: "3.12",
  };
  expect(resolveSettings(ranker(registry), fromRepository, origin)).toMatchObject({
    python: "3.12",
    cpu: 2000,
    memory: 2 * 2 ** 30,
    timeouts: { startToClose: 600_000, heartbeat: 30_000, startup: 60_000 },
    retry: { nonRetryable: ["InputError"] },
    shutdownGrace: 610_000,
  });
});

test("what depends on other settings follows them, unless it is given", () => {
  const given = { timeouts: { startToClose: "5m" }, retry: { initialInterval: "2s" } };
  expect(resolveSettings(ranker(), given, origin)).toMatchObject({
    shutdownGrace: 310_000,
    retry: { maximumInterval: 200_000 },
  });
  const all = { ...given, shutdownGrace: "1m", retry: { initialInterval: "2s", maximumInterval: "1m" } };
  expect(resolveSettings(ranker(), all, origin)).toMatchObject({
    shutdownGrace: 60_000,
    retry: { maximumInterval: 60_000 },
  });
});

test("the repository may ask for what the limits say, and no more", () => {
  const limits = {
    cpu: "2",
    memory: "4Gi",
    gpu: 0,
    concurrency: 4,
    startToClose: "5m",
    scheduleToClose: "1h",
    startup: "5m",
    maximumAttempts: 5,
    shutdownGrace: "6m",
  };
  const most = {
    cpu: "2",
    memory: "4096Mi",
    gpu: 0,
    concurrency: 4,
    timeouts: { startToClose: "300s", scheduleToClose: "60m", startup: "5m" },
    retry: { maximumAttempts: 5 },
    shutdownGrace: "6m",
  };
  expect(problemsIn(() => resolveSettings(ranker({ limits }), most, origin))).toEqual([]);
  const more = {
    cpu: "2001m",
    memory: "8Gi",
    gpu: 1,
    concurrency: 5,
    timeouts: { startToClose: "301s", scheduleToClose: "2h", startup: "6m" },
    retry: { maximumAttempts: 0 },
    shutdownGrace: "7m",
  };
  const pairs = [
    ["cpu", "2001m", "cpu", "2"],
    ["memory", "8Gi", "memory", "4Gi"],
    ["gpu", "1", "gpu", "0"],
    ["concurrency", "5", "concurrency", "4"],
    ["timeouts.startToClose", "301s", "startToClose", "5m"],
    ["timeouts.scheduleToClose", "2h", "scheduleToClose", "1h"],
    ["timeouts.startup", "6m", "startup", "5m"],
    ["retry.maximumAttempts", "0", "maximumAttempts", "5"],
    ["shutdownGrace", "7m", "shutdownGrace", "6m"],
  ];
  expect(problemsIn(() => resolveSettings(ranker({ limits }), more, origin))).toEqual(
    pairs.map(
      ([field, asked, limit, most]) =>
        `\`${field}\` in ${origin} is ${asked}, but \`algorithms.ranker.limits.${limit}\` in the registry is ${most}. Ask for at most that, or have the registry's owners raise the limit.`,
    ),
  );
});

test("defaults that exceed a limit are lowered to it", () => {
  const limits = {
    cpu: "100m",
    memory: "512Mi",
    startToClose: "30s",
    scheduleToClose: "10m",
    startup: "1m",
    maximumAttempts: 3,
    shutdownGrace: "20s",
  };
  expect(resolveSettings(ranker({ limits }), {}, origin)).toMatchObject({
    cpu: 100,
    memory: 512 * 2 ** 20,
    timeouts: { startToClose: 30_000, scheduleToClose: 600_000, startup: 60_000 },
    retry: { maximumAttempts: 3 },
    shutdownGrace: 20_000,
  });
});

test("what the registry sets itself is not bounded, and stands in for what the repository asks", () => {
  const algorithm = ranker({ limits: { memory: "1Gi" }, memory: "8Gi" });
  expect(resolveSettings(algorithm, { memory: "4Gi" }, origin).memory).toBe(8 * 2 ** 30);
});

test("a bare number of CPU counts cores, whoever sets it", () => {
  expect(resolveSettings(ranker(), { cpu: 2 }, origin).cpu).toBe(2000);
  expect(resolveSettings(ranker({ cpu: 0.5, limits: { cpu: 1 } }), { cpu: 1 }, origin).cpu).toBe(500);
  for (const cpu of [-1, 0.0005, 1e9, Number.NaN, 2n, true, [2]]) {
    expect(problemsIn(() => resolveSettings(ranker(), { cpu }, origin))).toHaveLength(1);
  }
});

test("every problem of the repository's settings is told at once, with its origin", () => {
  const fromRepository = {
    memoty: "1Gi",
    cpu: 0,
    entry: "speaker-id",
    timeouts: { startToClose: "1 minute" },
    retry: "never",
  };
  const action = () => resolveSettings(ranker(), fromRepository, origin);
  expect(action).toThrow("The settings of `ranker` have 5 problems.\n- `entry`");
  expect(problemsIn(action)).toEqual([
    `\`entry\` in ${origin} is "speaker-id". Write the name of a Python module, such as "speaker_id.activities".`,
    `\`cpu\` in ${origin} is 0. Write an amount of CPU such as "250m" (a quarter of a core) or "2".`,
    `\`timeouts.startToClose\` in ${origin} is "1 minute". Write a duration, such as "30s", "5m" or "72h" (units: ms, s, m, h, d, w).`,
    `\`retry\` in ${origin} is "never". Write an object of \`maximumAttempts\`, \`initialInterval\`, \`backoffCoefficient\`, \`maximumInterval\`, \`nonRetryable\`.`,
    `\`memoty\` in ${origin} is not a field. Did you mean \`memory\`?`,
  ]);
});

test("fields of the registry alone are refused in the repository", () => {
  expect(problemsIn(() => resolveSettings(ranker(), { scaling: { min: 1 } }, origin))).toEqual([
    `\`scaling\` in ${origin} is not a field. The fields here are \`entry\`, \`python\`, \`cpu\`, \`memory\`, \`gpu\`, \`concurrency\`, \`timeouts\`, \`retry\`, \`shutdownGrace\`.`,
  ]);
});

test("what is no table is refused", () => {
  for (const [written, given] of [
    [[], "an empty list"],
    ["x", '"x"'],
  ] as const) {
    expect(problemsIn(() => resolveSettings(ranker(), written, origin))).toEqual([
      `\`[tool.conduit]\` in ${origin} is ${given}. Write an object of \`entry\`, \`python\`, \`cpu\` and so on.`,
    ]);
  }
  expect(problemsIn(() => resolveSettings(ranker(), { entry: new Date(0) }, origin))).toEqual([
    `\`entry\` in ${origin} is an instance of a class. Write plain data: texts, numbers, booleans, lists and objects.`,
  ]);
});

test("time-outs of both sides must fit each other", () => {
  const fromRepository = { timeouts: { heartbeat: "45s", scheduleToClose: "20s" } };
  expect(
    problemsIn(() => resolveSettings(ranker({ timeouts: { startToClose: "30s" } }), fromRepository, origin)),
  ).toEqual([
    "`timeouts.heartbeat` of `ranker` is 45s but `startToClose` is 30s. A heartbeat must be shorter.",
    "`timeouts.scheduleToClose` of `ranker` is 20s but `startToClose` is 30s. All attempts together cannot take less than one.",
  ]);
});

test("settings are frozen", () => {
  const settings = resolveSettings(ranker(), { retry: { nonRetryable: ["ValueError"] } }, origin);
  expect([settings, settings.timeouts, settings.retry, settings.retry.nonRetryable].every(Object.isFrozen)).toBe(true);
});

test("a lane's own resources override the algorithm's", () => {
  const algorithm = ranker({ lanes: { online: {}, offline: { memory: "8Gi", gpu: 1 } } });
  const settings = resolveSettings(algorithm, { cpu: "2" }, origin);
  const [online, offline] = algorithm.lanes.map((lane) => settingsOfLane(settings, lane));
  expect(online).toEqual(settings);
  expect(offline).toEqual({ ...settings, memory: 8 * 2 ** 30, gpu: 1 });
});

test("a rollout is a surge, but with a GPU or a volume a replacement, unless the registry says", () => {
  const state = { size: "1Gi", mountPath: "/data" };
  expect(rolloutOf(ranker(), { gpu: 0 })).toBe("surge");
  expect(rolloutOf(ranker(), { gpu: 1 })).toBe("replace");
  expect(rolloutOf(ranker({ state }), { gpu: 0 })).toBe("replace");
  expect(rolloutOf(ranker({ state, rollout: "surge" }), { gpu: 1 })).toBe("surge");
});
