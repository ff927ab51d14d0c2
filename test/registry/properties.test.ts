import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { type Registry, resolveRegistry } from "../../registry/resolve.ts";
import { resolveSettings } from "../../registry/settings.ts";

const some = <Value>(...values: Value[]) => fc.constantFrom(...values);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });

const namespaceKey = some("speech", "search", "ads", "constructor");
const algorithmName = some(
  "a",
  "a-b",
  "b",
  "speaker",
  "speaker-id",
  "id",
  "constructor",
  "x".repeat(30),
  "x".repeat(31),
);
const laneName = some("id", "b", "default", "online", "y".repeat(12));
const duration = some("1ms", "500ms", "30s", "5m", "1.5h", "30d");
const memory = some("512Mi", "1Gi", "1.5Gi", "4G");
const cpu = some("100m", "0.5", "2");

const scaling = fc.record({
  min: maybe(fc.nat(4)),
  max: maybe(fc.integer({ min: 4, max: 9 })),
  idleAfter: maybe(some("30s", "5m")),
});
const settings = {
  entry: maybe(some("main", "speaker.activities")),
  python: maybe(some("3.10", "3.12")),
  cpu: maybe(cpu),
  memory: maybe(memory),
  gpu: maybe(fc.nat(2)),
  timeouts: maybe(fc.record({ startToClose: maybe(duration), heartbeat: maybe(some("1ms", "10s")) })),
  retry: maybe(fc.record({ maximumAttempts: maybe(fc.nat(5)), nonRetryable: maybe(some([], ["ValueError"])) })),
  shutdownGrace: maybe(duration),
};
const source = fc.oneof(
  fc.record({
    git: some("https://host/x", "git@host:x", "/srv/x"),
    ref: maybe(some("main", "v1")),
    subdir: maybe(some(".", "./a//b")),
  }),
  fc.record({ path: some(".", "../x") }),
  fc.record({ image: some("ranker:1", "ghcr.io/acme/ranker") }),
  fc.record({ mock: some("mocks/a.py") }),
);
const optional = {
  limits: maybe(
    fc.record({
      memory: maybe(memory),
      cpu: maybe(cpu),
      startToClose: maybe(duration),
      maximumAttempts: maybe(some(1, 5)),
    }),
  ),
  scaling: maybe(scaling),
  env: maybe(some<object>({}, { A: "b", constructor: "c" })),
  state: maybe(some({ size: "1Gi", mountPath: "/data", sharing: "cache" })),
  ...settings,
};
const algorithm = fc.record({
  namespace: namespaceKey,
  owner: some<unknown>("team", { team: "team", slack: "#team" }),
  source,
  lanes: maybe(fc.dictionary(laneName, fc.record({ scaling: maybe(scaling), memory: maybe(memory) }), { maxKeys: 2 })),
  ...optional,
});
const namespace = fc.record({
  owner: some("team"),
  retention: maybe(some("72h")),
  temporalName: maybe(some("speech.a1b2c", "other")),
});
const override = fc.record({ source: maybe(fc.oneof(source, fc.record({ ref: some("release") }))), ...optional });

/** Registries as people write them; some are wrong by the names that meet. */
const written = fc.record({
  namespaces: fc.tuple(fc.dictionary(namespaceKey, namespace, { maxKeys: 4 }), fc.boolean()).map(([some, whole]) => ({
    ...(whole
      ? { speech: { owner: "a" }, search: { owner: "a" }, ads: { owner: "a" }, constructor: { owner: "a" } }
      : {}),
    ...(whole ? {} : some),
  })),
  algorithms: fc.dictionary(algorithmName, algorithm, { maxKeys: 3 }),
  defaults: maybe(fc.record(optional)),
  stacks: maybe(
    fc.dictionary(some("dev", "prod"), fc.dictionary(algorithmName, override, { maxKeys: 1 }), { maxKeys: 2 }),
  ),
});

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 3,
  maxKeys: 4,
});
const trap = (): never => {
  throw new Error("trap");
};
const hostile = fc.oneof(
  anything,
  some<unknown>(
    Number.NaN,
    -0,
    "",
    "-x",
    "../x",
    "5 minutes",
    "9".repeat(200),
    Symbol("x"),
    trap,
    new Date(Number.NaN),
  ),
  fc.constant(null).map(() => new Proxy({}, { get: trap, ownKeys: trap })),
  fc.constant(null).map(() => Object.defineProperty({}, "min", { get: trap, enumerable: true })),
  fc.constant(null).map(() => {
    const cycle: Record<string, unknown> = { min: 1 };
    cycle.self = [cycle];
    return cycle;
  }),
  fc.string({ unit: "binary" }).map((key) => ({ [key]: 1, [Symbol(key)]: 2 })),
);

/** Puts `value` at a random place of the registry: over a field, or as a new one. */
function mutate(registry: unknown, steps: readonly number[], key: string, value: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || typeof registry !== "object" || registry === null) return value;
  const keys = [...Object.keys(registry), key];
  const chosen = keys[step % keys.length] ?? key;
  return { ...registry, [chosen]: mutate(Reflect.get(registry, chosen), rest, key, value) };
}

const mutated = fc
  .tuple(
    written,
    fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
    fc.oneof(some("scalling", "__proto__", "git"), fc.string()),
    hostile,
  )
  .map(([registry, steps, key, value]) => mutate(registry, steps, key, value));

const anySettings = fc.oneof(
  anything,
  fc
    .tuple(fc.record(settings), fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }), hostile)
    .map(([table, steps, value]) => mutate(table, steps, "memoty", value)),
);

const anyRegistry = fc.oneof(
  { weight: 5, arbitrary: written },
  { weight: 4, arbitrary: mutated },
  { weight: 1, arbitrary: hostile },
);

test("10,000 registries are resolved to valid, distinct names, or refused with a UserError", {
  timeout: 300_000,
}, () => {
  let resolved = 0;
  let refused = 0;
  fc.assert(
    fc.property(anyRegistry, some("dev", "prod", "__proto__"), anySettings, (input, stack, fromRepository) => {
      const registry = userErrorOr(() => resolveRegistry(input, stack));
      if (registry === undefined) {
        refused += 1;
        return;
      }
      resolved += 1;
      expectDistinctNames(registry);
      for (const algorithm of registry.algorithms)
        userErrorOr(() => resolveSettings(algorithm, fromRepository, "`pyproject.toml`"));
    }),
    { numRuns: 10_000 },
  );
  // Registries that are all right, or all wrong, would prove nothing.
  expect(Math.min(resolved, refused)).toBeGreaterThan(1000);
});

test("settings of the registry's own schema are resolved to whole numbers, or refused with a UserError", () => {
  let resolved = 0;
  fc.assert(
    fc.property(algorithm, fc.record(settings), (written, fromRepository) => {
      const namespaces = { [written.namespace]: { owner: "a" } };
      const registry = userErrorOr(() => resolveRegistry({ namespaces, algorithms: { a: written } }, "dev"));
      const [resolvedAlgorithm] = registry?.algorithms ?? [];
      if (resolvedAlgorithm === undefined) return;
      const result = userErrorOr(() => resolveSettings(resolvedAlgorithm, fromRepository, "`pyproject.toml`"));
      if (result === undefined) return;
      resolved += 1;
      const { cpu, memory, gpu, concurrency, shutdownGrace, timeouts } = result;
      const numbers = [cpu, memory, gpu, concurrency, shutdownGrace, timeouts.startToClose, timeouts.startup];
      expect(numbers.filter((number) => !Number.isSafeInteger(number))).toEqual([]);
      expect(timeouts.heartbeat ?? 0).toBeLessThan(timeouts.startToClose);
    }),
    { numRuns: 1_000 },
  );
  expect(resolved).toBeGreaterThan(200);
});

function userErrorOr<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.message.length > 0) return undefined;
    throw new Error("something else than a UserError was thrown", { cause: thrown });
  }
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function expectDistinctNames({ namespaces, algorithms }: Registry): void {
  const lanes = algorithms.flatMap(({ temporalNamespace, lanes }) =>
    lanes.map((lane) => ({ temporalNamespace, ...lane })),
  );
  const objects = lanes.map((lane) => lane.objectName);
  const queues = lanes.map((lane) => `${lane.temporalNamespace}/${lane.taskQueue}`);
  const servers = namespaces.map(({ address, temporalName }) => `${address}/${temporalName}`);
  for (const names of [objects, queues, servers]) expect(new Set(names).size).toBe(names.length);
  // 20 characters remain for the suffixes of objects, such as those of a Deployment's pods.
  expect(objects.filter((name) => !dnsLabel.test(name) || name.length > 43)).toEqual([]);
  expect(lanes.filter(({ taskQueue }) => !/^[a-z][-a-z0-9]*(\.[a-z][-a-z0-9]*)?$/.test(taskQueue))).toEqual([]);
  const known = new Set(namespaces.map(({ temporalName }) => temporalName));
  expect(algorithms.filter(({ temporalNamespace }) => !known.has(temporalNamespace))).toEqual([]);
  expect(algorithms.filter(({ name, lanes }) => name.length > 30 || lanes.length === 0)).toEqual([]);
}
