import { expect, test } from "vitest";
import { Algorithm } from "../../components/algorithm.ts";
import { localPlatform } from "../../components/local/local-platform.ts";
import { unappliedOnLocal } from "../../components/local/unapplied.ts";
import { TemporalNamespace } from "../../components/temporal-namespace.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import { resolveSettings } from "../../registry/settings.ts";
import { registered } from "../support/mocks.ts";

const registry = resolveRegistry(
  {
    namespaces: { speech: { owner: "platform", retention: "72h" } },
    algorithms: {
      transcribe: {
        namespace: "speech",
        owner: "asr",
        source: { path: "transcribe" },
        env: { LANGUAGE: "en" },
        gpu: 1,
      },
    },
  },
  "local",
);
const [entry] = registry.algorithms;
const [namespace] = registry.namespaces;
if (!entry || !namespace) throw new Error("The registry has an algorithm and a namespace.");

const candidate = {
  version: "aaaaaaaaaaaa-bbbbbbbb",
  commit: "1".repeat(40),
  directory: "/checkout",
  settings: { ...resolveSettings(entry, undefined, "pyproject.toml"), python: "3.11" },
  dependencies: "d".repeat(64),
  stages: { resolve: 1 },
};

const platformArgs = {
  projectDirectory: "/project",
  stack: "local",
  temporalPort: 7233,
  uiPort: 8233,
  workers: "always",
} as const;

function platform() {
  return localPlatform({ ...platformArgs, cache: "/cache", runtimeDigest: "r" });
}

/** What the provider would answer, as far as the next link of the chain reads it. */
function outputs(type: string, inputs: Record<string, unknown>): Record<string, unknown> {
  const added: Record<string, object> = {
    "conduit:local:Supervisor": { socket: "/s", runDirectory: "/r", python: "/p" },
    "conduit:local:TemporalServer": { address: "127.0.0.1:7233", uiUrl: "http://127.0.0.1:8233" },
    "conduit:local:Environment": { python: "/env/bin/python", runtime: "/runtime" },
  };
  return { ...inputs, ...added[type] };
}

test("an algorithm is a chain from its release to its worker, every part of its name", async () => {
  const resources = await registered(
    () => new Algorithm("transcribe", { entry, candidate, platform: platform() }),
    outputs,
  );
  expect(resources.filter(({ name }) => name === "transcribe").map(({ type }) => type)).toEqual([
    "conduit:index:Algorithm",
    "conduit:index:Release",
    "conduit:local:Environment",
    "conduit:local:Worker",
  ]);
});

test("a worker follows its release and its environment", async () => {
  const resources = await registered(
    () => new Algorithm("transcribe", { entry, candidate, platform: platform() }),
    outputs,
  );
  expect(resources.find(({ type }) => type === "conduit:local:Worker")?.inputs).toMatchObject({
    supervisor: { home: "/project/.conduit/local", socket: "/s", runDirectory: "/r", python: "/p" },
    address: "127.0.0.1:7233",
    algorithm: { name: "transcribe", temporalNamespace: "speech", env: { LANGUAGE: "en" } },
    release: { version: candidate.version, commit: candidate.commit, directory: "/checkout" },
    python: "/env/bin/python",
    runtime: "/runtime",
  });
});

test("what the platform cannot do is told in a word each", () => {
  expect(unappliedOnLocal({ ...entry, rollout: "replace" }, candidate.settings)).toEqual(["gpu", "rollout"]);
  expect(unappliedOnLocal(entry, undefined)).toEqual([]);
});

test("a problem is handed to the release and to a refusal behind the chain, and nothing throws", async () => {
  const problem = { problem: "The repository cannot be reached." };
  const program = () => new Algorithm("transcribe", { entry, candidate: problem, platform: platform() });
  const resources = await registered(program, outputs);
  expect(resources.find(({ type }) => type === "conduit:index:Release")?.inputs).toMatchObject(problem);
  expect(resources.find(({ type }) => type === "conduit:index:Refusal")?.inputs).toMatchObject(problem);
});

test("a namespace is what the registry says, marked with who manages it", async () => {
  const program = () => new TemporalNamespace("speech", { namespace, address: "127.0.0.1:7233" });
  expect((await registered(program)).map(({ inputs }) => inputs)).toEqual([
    {
      address: "127.0.0.1:7233",
      key: "speech",
      manage: true,
      temporalName: "speech",
      owner: "platform",
      description: "Namespace `speech` of the registry, owned by platform.",
      retentionSeconds: 259_200,
      searchAttributes: {},
      adopt: false,
      deleteWithStack: false,
      managedBy: "project/local",
    },
  ]);
});
