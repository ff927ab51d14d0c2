import { expect, test } from "vitest";
import { problemsOf, registryWith } from "./problems-of.ts";

const plainData = "Write plain data: texts, numbers, booleans, lists and objects.";

test("an object that contains itself is refused", () => {
  const env: Record<string, unknown> = {};
  env.AGAIN = env;
  expect(problemsOf(registryWith({ env }))).toEqual([`\`algorithms.ranker.env.AGAIN\` contains itself. ${plainData}`]);
});

test("an object that is used twice is right", () => {
  const limits = { memory: "4Gi" };
  const algorithms = ["a", "b"].map((name) => [
    name,
    { namespace: "search", owner: "x", source: { path: "." }, limits },
  ]);
  expect(problemsOf(registryWith({}, { algorithms: Object.fromEntries(algorithms) }))).toEqual([]);
});

test("a getter that throws is refused, whatever it throws", () => {
  const thrower = (thrown: unknown) => ({
    get scaling(): never {
      throw thrown;
    },
  });
  for (const thrown of [new Error("no"), undefined, Symbol("no"), Object.create(null)]) {
    const algorithm = Object.defineProperties({}, Object.getOwnPropertyDescriptors(thrower(thrown)));
    const ranker = Object.defineProperties(
      { namespace: "search", owner: "a", source: { path: "." } },
      Object.getOwnPropertyDescriptors(algorithm),
    );
    expect(problemsOf(registryWith({}, { algorithms: { ranker } }))).toEqual([
      `\`algorithms.ranker.scaling\` throws when it is read. ${plainData}`,
    ]);
  }
});

test("a getter is read once, so that it cannot answer twice", () => {
  let reads = 0;
  const scaling = {
    get min() {
      reads += 1;
      return reads;
    },
  };
  expect(problemsOf(registryWith({ scaling }))).toEqual([]);
  expect(reads).toBe(1);
});

test("a proxy that refuses is refused", () => {
  const refuse = () => {
    throw new TypeError("no");
  };
  const proxy = new Proxy({}, { ownKeys: refuse, get: refuse, getPrototypeOf: refuse });
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(problemsOf(registryWith({ scaling: proxy, limits: revoked }))).toEqual([
    `\`algorithms.ranker.scaling\` throws when it is read. ${plainData}`,
    `\`algorithms.ranker.limits\` throws when it is read. ${plainData}`,
  ]);
  expect(problemsOf(proxy)).toEqual([`\`algorithms.config.ts\` throws when it is read. ${plainData}`]);
});

test("functions, symbols, big integers and instances are no plain data", () => {
  const algorithm = { cpu: () => "1", memory: Symbol("1Gi"), gpu: 1n, env: new Map(), entry: new Date(0) };
  expect(problemsOf(registryWith(algorithm))).toEqual([
    `\`algorithms.ranker.cpu\` is a function. ${plainData}`,
    `\`algorithms.ranker.memory\` is a symbol. ${plainData}`,
    `\`algorithms.ranker.gpu\` is 1n. ${plainData}`,
    `\`algorithms.ranker.env\` is an instance of a class. ${plainData}`,
    `\`algorithms.ranker.entry\` is an instance of a class. ${plainData}`,
  ]);
});

test("keys that are no names are refused", () => {
  const parsed: unknown = JSON.parse('{ "__proto__": { "min": 1 }, "constructor": 1 }');
  expect(problemsOf(registryWith({ scaling: parsed, env: { [Symbol("X")]: "x" } }))).toEqual([
    "`algorithms.ranker.scaling` has the key `__proto__`. Remove it.",
    "`algorithms.ranker.env` has a symbol as key. Remove it.",
    "`algorithms.ranker.scaling.constructor` is not a field. The fields here are `min`, `max`, `backlogPerWorker`, `idleAfter`.",
  ]);
  expect(Object.hasOwn(Object.prototype, "min")).toBe(false);
});

test("great depth and great size are refused in a moment", () => {
  let deep: unknown = "end";
  for (let level = 0; level < 100_000; level++) deep = { deep };
  const [first] = problemsOf(registryWith({ env: deep }));
  expect(first).toBe(`\`algorithms.ranker.env${".deep".repeat(18)}\` is nested more than 20 levels deep. Flatten it.`);
  const doubled = Array.from({ length: 18 }).reduce<unknown>((half) => [half, half], "x");
  expect(problemsOf(registryWith({ env: doubled }))).toContain(
    "`algorithms.config.ts` holds more than 200000 values. Leave out what repeats, with `defaults`.",
  );
  expect(problemsOf(registryWith({ source: { git: "/x", include: new Array(1e9) } }))).toEqual([
    "`algorithms.ranker.source.include` has 1000000000 items. Shorten it.",
  ]);
});

test("long texts and odd keys are shown short, on one line", () => {
  const key = "two\nlines `and` more ".repeat(10);
  expect(problemsOf(registryWith({ cpu: "9".repeat(1000), [key]: 1 }))).toEqual([
    `\`algorithms.ranker.cpu\` is "${"9".repeat(77)}…". Write an amount of CPU such as "250m" (a quarter of a core) or "2".`,
    `\`algorithms.ranker["${key.slice(0, 77).replaceAll("\n", "\\n").replaceAll("`", "'")}…"]\` is not a field. The fields here are \`namespace\`, \`owner\`, \`source\`, \`limits\`, \`scaling\`, \`rollout\`, \`env\`, \`secrets\`, \`identity\`, \`egress\`, \`state\`, \`lanes\`, \`entry\`, \`python\`, \`cpu\`, \`memory\`, \`gpu\`, \`concurrency\`, \`timeouts\`, \`retry\`, \`shutdownGrace\`.`,
  ]);
});
