import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import { problemsOf, registryWith } from "./problems-of.ts";

test("one problem is one sentence and one line", () => {
  const action = () => resolveRegistry(registryWith({ owner: "" }), "dev");
  const sentence = '`algorithms.ranker.owner` is "". Write a team or an address, or `{ team, github, slack }`.';
  expect(action).toThrow(UserError);
  expect(action).toThrow(`\`algorithms.config.ts\` has 1 problem.\n- ${sentence}`);
});

test("every problem is told at once, and whatever parsed is cross-checked", () => {
  const registry = registryWith(
    {
      namespace: "serach",
      scaling: { min: 5, max: 4 },
      memory: "512",
      rollout: "blue-green",
      secrets: { TOKEN: { name: "x" } },
    },
    {
      namespaces: { search: { owner: "search-platform", retention: "5 minutes" }, Trial: { owner: "a" } },
      defaults: { gpu: -1 },
      stacks: { prod: { rankr: {} }, dev: 4, trial: { ranker: { cpu: "fast" } } },
      stack: {},
    },
  );
  expect(problemsOf(registry, "prod")).toEqual([
    "`stack` is not a field. Did you mean `stacks`?",
    '`namespaces.search.retention` is "5 minutes". Write a duration of at least 1h, such as "72h" or "30d" (units: ms, s, m, h, d, w).',
    "`namespaces.Trial` is not a valid name. Use lower-case letters, digits and dashes, at most 30 characters, a letter first and no dash last.",
    "`defaults.gpu` is -1. Write a whole number from 0 to 64.",
    "`stacks.dev` is 4. Write an object of algorithms and what the stack changes of them.",
    "`stacks.prod.rankr` changes an algorithm that does not exist. Did you mean `ranker`?",
    '`algorithms.ranker.rollout` is "blue-green". Write "surge" or "replace".',
    '`algorithms.ranker.secrets.TOKEN.key` is missing. Write the key within the secret, such as "token".',
    '`algorithms.ranker.memory` is "512". Write an amount with its unit, such as "512Mi" or "1Gi".',
    '`stacks.trial.ranker.cpu` is "fast". Write an amount of CPU such as "250m" (a quarter of a core) or "2".',
    '`algorithms.ranker.namespace` is "serach", which is not a key of `namespaces`. Did you mean `search`?',
    "`algorithms.ranker.scaling.min` is 5 but `max` is 4. Lower `min` or raise `max`.",
  ]);
});

test("what is no registry is refused in one sentence", () => {
  expect(problemsOf(undefined)).toEqual([
    "`algorithms.config.ts` has no default export. Write `export default defineAlgorithms({ namespaces, algorithms })`.",
  ]);
  expect(problemsOf([])).toEqual([
    "`algorithms.config.ts` exports an empty list. Write `export default defineAlgorithms({ namespaces, algorithms })`.",
  ]);
  expect(problemsOf({})).toEqual([
    '`namespaces` is missing. Write an object of Temporal namespaces, such as `{ speech: { owner: "speech-platform" } }`.',
    "`algorithms` is missing. Write an object of algorithms by name.",
  ]);
});

test("an unknown field is answered with the nearest valid one, or with all of them", () => {
  expect(problemsOf(registryWith({ scalling: {}, timeouts: { start_to_close: "1m", zzz: 1 } }))).toEqual([
    "`algorithms.ranker.timeouts.start_to_close` is not a field. Did you mean `startToClose`?",
    "`algorithms.ranker.timeouts.zzz` is not a field. The fields here are `startToClose`, `heartbeat`, `scheduleToStart`, `scheduleToClose`, `startup`.",
    "`algorithms.ranker.scalling` is not a field. Did you mean `scaling`?",
  ]);
});

test("an unknown namespace is answered with the valid ones", () => {
  const namespaces = { search: { owner: "a" }, ads: { owner: "a" } };
  expect(problemsOf(registryWith({ namespace: "production" }, { namespaces }))).toEqual([
    '`algorithms.ranker.namespace` is "production", which is not a key of `namespaces`. The namespaces are `search`, `ads`.',
  ]);
});

test.each([
  [
    { git: "ext::sh -c evil" },
    'git` is "ext::sh -c evil". Write an address such as `https://host/team/repository`, `git@host:team/repository`, or a path that begins with `/` or `./`; without credentials.',
  ],
  [
    { git: "https://user:hunter2@host/x" },
    'git` is "https://***@host/x". Write an address such as `https://host/team/repository`, `git@host:team/repository`, or a path that begins with `/` or `./`; without credentials.',
  ],
  [{ git: "/x", ref: "--all" }, 'ref` is "--all". Write a branch, a tag or a commit, such as "main" or "v1.4".'],
  [
    { git: "/x", subdir: "../y" },
    'subdir` is "../y". Write a path inside the repository, without `..`, such as "speech/speaker-id".',
  ],
  [
    { git: "/x", include: ["a", "/b"] },
    'include[1]` is "/b". Write a path inside the repository, without `..`, such as "speech/speaker-id".',
  ],
  [{ git: "/x", include: "a" }, 'include` is "a". Write a list of paths inside the repository, such as ["shared"].'],
  [{ path: "~/x" }, 'path` is "~/x". Write the path of a folder, such as "../speaker-id".'],
  [{ image: "Not An Image" }, 'image` is "Not An Image". Write a container image, such as "ghcr.io/acme/ranker:1.4".'],
  [
    { mock: "/mock.txt" },
    'mock` is "/mock.txt". Write the path of a Python file below the project, such as "mocks/summarize.py".',
  ],
  [{ image: "ranker:1", refs: "main" }, "refs` is not a field. The fields here are `image`."],
])("the source %j is refused", (source, problem) => {
  expect(problemsOf(registryWith({ source }))).toEqual([`\`algorithms.ranker.source.${problem}`]);
});

test.each([
  [{ git: "/x", image: "y" }, "an object of `git`, `image`"],
  [{ ref: "main" }, "an object of `ref`"],
  [{}, "an empty object"],
  ["https://host/x", '"https://host/x"'],
  [undefined, "missing"],
])("the source %j is none or several of the four kinds", (source, given) => {
  expect(problemsOf(registryWith({ source }))).toEqual([
    `\`algorithms.ranker.source\` is ${given}. Give exactly one of \`git\`, \`path\`, \`image\` and \`mock\`.`,
  ]);
});

test("an owner is a text or an object with a team", () => {
  expect(problemsOf(registryWith({ owner: { github: "acme/search" } }))).toEqual([
    "`algorithms.ranker.owner` is an object of `github`. Write a team or an address, or `{ team, github, slack }`.",
  ]);
  expect(problemsOf(registryWith({ owner: { team: "a", github: "a b", slack: "two words" } }))).toEqual([
    '`algorithms.ranker.owner.github` is "a b". Write a team or user of GitHub, such as "acme/speech".',
    '`algorithms.ranker.owner.slack` is "two words". Write a channel of Slack, such as "#speech".',
  ]);
});

test("single fields of a git source need a git source below", () => {
  const stacks = { prod: { ranker: { source: { ref: "release" } } } };
  expect(problemsOf(registryWith({ source: { image: "ranker:1" } }, { stacks }))).toEqual([
    "`stacks.prod.ranker.source` sets `ref` of a `git` source, but the source of `ranker` is of the kind `image`. Give the whole source.",
  ]);
});

test("a stack that completes no state is told what is missing", () => {
  const stacks = { dev: { ranker: { state: { size: "1Gi" } } } };
  expect(problemsOf(registryWith({}, { stacks }))).toEqual([
    '`algorithms.ranker.state.mountPath` is missing. Write an absolute path below the root, such as "/data".',
  ]);
});

test("names of algorithms, namespaces and lanes are checked", () => {
  const lanes = { Online: {}, "a-very-long-lane": {} };
  const algorithm = { namespace: "search", owner: "a", source: { path: "." } };
  const registry = registryWith({ lanes }, {});
  const long = "a".repeat(31);
  expect(
    problemsOf({ ...registry, algorithms: { Ranker: algorithm, [long]: algorithm, "two words": algorithm } }),
  ).toEqual(
    ["`algorithms.Ranker`", `\`algorithms.${long}\``, '`algorithms["two words"]`'].map(
      (place) =>
        `${place} is not a valid name. Use lower-case letters, digits and dashes, at most 30 characters, a letter first and no dash last.`,
    ),
  );
  expect(problemsOf(registry)).toEqual(
    ["Online", "a-very-long-lane"].map(
      (lane) =>
        `\`algorithms.ranker.lanes.${lane}\` is not a valid name. Use lower-case letters, digits and dashes, at most 12 characters, a letter first and no dash last.`,
    ),
  );
});

test("no lane has the task queue on which new versions are tried", () => {
  expect(problemsOf(registryWith({ lanes: { gate: {}, gates: {} } }))).toEqual([
    "`algorithms.ranker.lanes.gate` has the name of the task queue of new versions' trials. Choose another name.",
  ]);
});

test("lanes are at least one", () => {
  expect(problemsOf(registryWith({ lanes: {} }))).toEqual([
    "`algorithms.ranker.lanes` is an empty object. Write an object of at least one lane, such as `{ online: { scaling: { min: 1 } } }`.",
  ]);
});

test("objects of different algorithms never share a name", () => {
  const algorithm = { namespace: "search", owner: "a", source: { path: "." } };
  const algorithms = { speaker: { ...algorithm, lanes: { id: {}, online: {} } }, "speaker-id": algorithm };
  expect(problemsOf(registryWith({}, { algorithms }))).toEqual([
    "`algorithms.speaker-id` and `algorithms.speaker.lanes.id` would both be called `speaker-id`. Rename one of them.",
  ]);
});

test("scaling is checked with the defaults, in lanes, and with a volume", () => {
  expect(problemsOf(registryWith({ scaling: { min: 11 } }))).toEqual([
    "`algorithms.ranker.scaling.min` is 11 but `max` is 10. Lower `min` or raise `max`.",
  ]);
  expect(problemsOf(registryWith({ scaling: { max: 2 }, lanes: { a: {}, b: { scaling: { min: 3 } } } }))).toEqual([
    "`algorithms.ranker.lanes.b.scaling.min` is 3 but `max` is 2. Lower `min` or raise `max`.",
  ]);
  const state = { size: "1Gi", mountPath: "/data" };
  expect(problemsOf(registryWith({ state, scaling: { max: 2 } }))).toEqual([
    '`algorithms.ranker.scaling.max` is 2, but workers with an exclusive `state` cannot share it. Set `max` to 1, or `state.sharing` to "cache".',
  ]);
  expect(problemsOf(registryWith({ state: { ...state, sharing: "cache" }, scaling: { max: 2 } }))).toEqual([]);
});

test("time-outs that the registry itself sets must fit each other", () => {
  const timeouts = { startToClose: "1m", heartbeat: "1m", scheduleToClose: "30s" };
  expect(problemsOf(registryWith({ timeouts, retry: { initialInterval: "1m", maximumInterval: "1s" } }))).toEqual([
    "`algorithms.ranker.timeouts.heartbeat` is 1m but `startToClose` is 1m. A heartbeat must be shorter.",
    "`algorithms.ranker.timeouts.scheduleToClose` is 30s but `startToClose` is 1m. All attempts together cannot take less than one.",
    "`algorithms.ranker.retry.maximumInterval` is 1s but `initialInterval` is 1m. Raise `maximumInterval`.",
  ]);
  expect(problemsOf(registryWith({ timeouts: { heartbeat: "2m" } }))).toEqual([]);
});

test("variables are checked, and their values never shown", () => {
  const env = { TEMPORAL_ADDRESS: "x", TOKEN: "hunter2", NUMBER: 42 };
  expect(problemsOf(registryWith({ env, secrets: { TOKEN: "hunter2" } }))).toEqual([
    "`algorithms.ranker.env.TEMPORAL_ADDRESS` is not a valid name. Name variables with letters, digits and `_`; `CONDUIT_…` and `TEMPORAL_…` belong to the worker.",
    "`algorithms.ranker.env.NUMBER` is a number. Write a text.",
    "`algorithms.ranker.secrets.TOKEN` is a text that does not fit. Write where the value is, `{ name, key }`, and never the value itself.",
  ]);
  expect(problemsOf(registryWith({ env: { TOKEN: "x" }, secrets: { TOKEN: { name: "a", key: "b" } } }))).toEqual([
    "`algorithms.ranker.env.TOKEN` is in `secrets` too. Remove one of them.",
  ]);
});

test("namespaces must be different on the server, and managed where they are adopted or deleted", () => {
  const namespaces = {
    search: { owner: "a", manage: false, adopt: true },
    other: { owner: "a", temporalName: "search" },
    elsewhere: { owner: "a", temporalName: "search", address: "temporal.acme.example:7233" },
    system: { owner: "a", temporalName: "temporal-system" },
  };
  expect(problemsOf(registryWith({}, { namespaces }))).toEqual([
    "`namespaces.search.adopt` is true, but `manage` is false. Remove one of them.",
    "`namespaces.other` and `namespaces.search` are the same Temporal namespace, `search`. Give one another `temporalName`, or remove it.",
    "`namespaces.system` is `temporal-system`, Temporal's own. Choose another name.",
  ]);
});

test("egress, identity and search attributes are checked", () => {
  const namespaces = { search: { owner: "a", searchAttributes: { "Audio Language": "Keyword", Length: "Integer" } } };
  const algorithm = {
    egress: { cidrs: ["10.0.0.0/33"] },
    identity: { annotations: { "eks.amazonaws.com/role-arn": 5 } },
  };
  expect(problemsOf(registryWith(algorithm, { namespaces }))).toEqual([
    '`namespaces.search.searchAttributes["Audio Language"]` is not a valid name. Name search attributes with letters, digits and `_`.',
    '`namespaces.search.searchAttributes.Length` is "Integer". Write "Text" or "Keyword" or "Int" or "Double" or "Bool" or "Datetime" or "KeywordList".',
    '`algorithms.ranker.identity.annotations["eks.amazonaws.com/role-arn"]` is 5. Write a text.',
    '`algorithms.ranker.egress.cidrs[0]` is "10.0.0.0/33". Write a range of addresses, such as "10.20.0.0/16".',
  ]);
});
