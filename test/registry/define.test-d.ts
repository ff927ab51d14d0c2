import { expectTypeOf, test } from "vitest";
import { defineAlgorithms } from "../../registry/define.ts";
import type { Registry } from "../../registry/resolve.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import type { Settings } from "../../registry/settings.ts";

const namespaces = { speech: { owner: "speech-platform" } };
const speaker = { namespace: "speech", owner: "voice", source: { git: "https://github.com/acme/speaker" } } as const;

test("names of namespaces and algorithms stay literal", () => {
  const registry = defineAlgorithms({ namespaces, algorithms: { "speaker-id": speaker } });
  expectTypeOf<keyof typeof registry.namespaces>().toEqualTypeOf<"speech">();
  expectTypeOf<keyof typeof registry.algorithms>().toEqualTypeOf<"speaker-id">();
  expectTypeOf(registry.algorithms["speaker-id"].namespace).toEqualTypeOf<"speech">();
});

test("every kind of source is a type of its own", () => {
  const { namespace, owner } = speaker;
  defineAlgorithms({
    namespaces,
    algorithms: {
      git: { namespace, owner, source: { git: "git@host:a/b", ref: "release", subdir: "x", include: ["shared"] } },
      path: { namespace, owner, source: { path: "../ranker" } },
      image: { namespace, owner, source: { image: "ghcr.io/acme/ranker:1" } },
      mock: { namespace, owner, source: { mock: "mocks/summarize.py" } },
      // @ts-expect-error a source has one of the four keys
      none: { namespace, owner, source: { ref: "main" } },
      // @ts-expect-error an image has no ref
      both: { namespace, owner, source: { image: "ranker:1", ref: "main" } },
    },
  });
});

test("a namespace that is not declared is a type error", () => {
  defineAlgorithms({
    namespaces,
    algorithms: {
      // @ts-expect-error the key is `speech`
      "speaker-id": { ...speaker, namespace: "speach" },
    },
  });
});

test("an unknown field is a type error at every level", () => {
  defineAlgorithms({
    namespaces: {
      // @ts-expect-error a namespace has `retention`
      speech: { owner: "speech-platform", retentoin: "72h" },
    },
    algorithms: {
      // @ts-expect-error an algorithm has `scaling`
      a: { ...speaker, scalling: { min: 1 } },
      // @ts-expect-error scaling has `min`
      b: { ...speaker, scaling: { minimum: 1 } },
      // @ts-expect-error a secret is a reference
      c: { ...speaker, secrets: { TOKEN: "value" } },
      // @ts-expect-error owner is required
      d: { namespace: "speech", source: { path: "." } },
    },
    // @ts-expect-error defaults cannot say whose an algorithm is
    defaults: { owner: "voice" },
  });
});

test("a wrong duration is a type error", () => {
  defineAlgorithms({
    namespaces,
    algorithms: {
      right: { ...speaker, timeouts: { startToClose: "1.5h", heartbeat: "500ms" }, shutdownGrace: "2m" },
      // @ts-expect-error units are single words without a space
      words: { ...speaker, timeouts: { startToClose: "5 minutes" } },
      // @ts-expect-error there is no unit `x`
      unit: { ...speaker, shutdownGrace: "10x" },
      // @ts-expect-error a number has no unit
      number: { ...speaker, timeouts: { startup: 30 } },
      // @ts-expect-error limits hold durations too
      limit: { ...speaker, limits: { startToClose: "1 hour" } },
    },
  });
});

test("a wrong quantity is a type error", () => {
  defineAlgorithms({
    namespaces,
    algorithms: {
      right: { ...speaker, cpu: "250m", memory: "1.5Gi", limits: { cpu: "2", memory: "4Gi" } },
      // @ts-expect-error memory needs a unit
      memory: { ...speaker, memory: "512" },
      // @ts-expect-error there is no unit `GB`
      unit: { ...speaker, memory: "1GB" },
      bare: { ...speaker, cpu: 2, limits: { cpu: 4 } },
      // @ts-expect-error CPU is a text or a number
      cpu: { ...speaker, cpu: true },
      // @ts-expect-error CPU has only the unit `m`
      cores: { ...speaker, cpu: "2 cores" },
    },
  });
});

test("stacks change existing algorithms, field by field", () => {
  defineAlgorithms({
    namespaces,
    algorithms: { "speaker-id": speaker },
    stacks: {
      prod: { "speaker-id": { source: { ref: "release" }, scaling: { min: 1 } } },
      dev: { "speaker-id": { source: { path: "../speaker" }, namespace: "speech" } },
      // @ts-expect-error there is no such algorithm
      test: { "speaker-di": { scaling: { min: 1 } } },
      // @ts-expect-error there is no such namespace
      other: { "speaker-id": { namespace: "speach" } },
      // @ts-expect-error there is no such field
      wrong: { "speaker-id": { source: { rev: "release" } } },
    },
  });
});

test("what is resolved cannot be changed", () => {
  const registry = resolveRegistry({}, "dev");
  expectTypeOf(registry).toEqualTypeOf<Registry>();
  const algorithm = registry.algorithms[0];
  if (algorithm === undefined) return;
  // @ts-expect-error it is read-only
  algorithm.scaling.min = 2;
  // @ts-expect-error it is read-only
  algorithm.lanes.push();
  expectTypeOf(algorithm.scaling.max).toEqualTypeOf<number>();
  expectTypeOf<Settings["timeouts"]["startToClose"]>().toEqualTypeOf<number>();
  expectTypeOf<Settings["python"]>().toEqualTypeOf<string>();
});

test("the kind of a source tells its fields", () => {
  const source = resolveRegistry({}, "dev").algorithms[0]?.source;
  if (source?.kind === "git") expectTypeOf(source.ref).toEqualTypeOf<string>();
  if (source?.kind === "mock") expectTypeOf(source.mock).toEqualTypeOf<string>();
  // @ts-expect-error only a git source has a ref
  if (source?.kind === "image") source.ref;
});
