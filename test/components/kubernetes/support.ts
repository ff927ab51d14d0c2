import { dumpYaml } from "@kubernetes/client-node";
import { gpuTypesSettings } from "../../../components/kubernetes/settings.ts";
import type { Deployed, WorkerSite } from "../../../components/kubernetes/worker-site.ts";
import { type Algorithm, resolveRegistry } from "../../../registry/resolve.ts";
import { resolveSettings, type Settings } from "../../../registry/settings.ts";

/** A registry's entry of one algorithm, with the fields that a test is about. */
export function entryOf(fields: object = {}, name = "transcribe"): Algorithm {
  const { algorithms } = resolveRegistry(
    {
      namespaces: { speech: { owner: "platform", temporalName: "speech.a1b2c" } },
      algorithms: {
        [name]: {
          ...{ namespace: "speech", owner: "asr", source: { git: "https://git.test/asr/transcribe" } },
          ...fields,
        },
      },
    },
    "prod",
  );
  const [entry] = algorithms;
  if (entry === undefined) throw new Error("The registry has an algorithm.");
  return entry;
}

/** The first lane of an entry. */
export function laneOf(entry: Algorithm): Algorithm["lanes"][number] {
  const [lane] = entry.lanes;
  if (lane === undefined) throw new Error("An algorithm has a lane.");
  return lane;
}

/** The settings of an entry whose repository says `asked`. */
export function settingsOf(entry: Algorithm, asked: object = {}): Settings {
  return { ...resolveSettings(entry, asked, "pyproject.toml"), python: "3.11" };
}

export const version = "aaaaaaaaaaaa-bbbbbbbb";

/** What is deployed of an entry. */
export function deployedOf(entry: Algorithm, asked: object = {}): Deployed {
  return {
    version,
    commit: "1".repeat(40),
    settings: settingsOf(entry, asked),
    image: `registry.test/${entry.name}:${version}@sha256:${"c".repeat(64)}`,
  };
}

/** A site with what a test is about. */
export function siteOf(fields: Partial<WorkerSite> = {}): WorkerSite {
  return {
    stack: "algorithms/prod",
    namespace: "speech",
    temporal: { address: "temporal-frontend.temporal.svc:7233" },
    gpuTypes: gpuTypesSettings.parse({}),
    pullSecrets: [],
    autoscaler: "keda",
    scratch: 10 * 2 ** 30,
    podStart: 300_000,
    ...fields,
  };
}

/** A manifest as people read it; what is deep inside stands on one line. */
export function yaml(manifest: unknown): string {
  return dumpYaml(manifest, { flowLevel: 6, lineWidth: -1 });
}

/** What is at the end of a path into a manifest; undefined where nothing is. */
export function at(manifest: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((inner: unknown, key) => Object(inner)[key], manifest);
}
