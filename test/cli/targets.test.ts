import { expect, test } from "vitest";
import { targetsOf } from "../../cli/targets.ts";
import { Algorithm } from "../../components/algorithm.ts";
import { kubernetesWorker } from "../../components/kubernetes/kubernetes-worker.ts";
import type { WorkerSite } from "../../components/kubernetes/worker-site.ts";
import type { Platform } from "../../components/platform.ts";
import { resolveRegistry } from "../../registry/resolve.ts";
import { resolveSettings } from "../../registry/settings.ts";
import { type Deployed, deploy } from "../support/mocks.ts";

const common = { namespace: "speech", owner: "asr" } as const;
/** Names of which each begins with another one, or is that of another one's part. */
const { algorithms } = resolveRegistry(
  {
    namespaces: { speech: { owner: "speech" } },
    algorithms: {
      a: { ...common, source: { mock: "a.py" }, egress: { internet: true }, lanes: { online: {}, offline: {} } },
      "a-metrics": { ...common, source: { mock: "a.py" }, state: { size: "1Gi", mountPath: "/data" } },
      "a-mock": { ...common, source: { mock: "a.py" }, egress: { internet: true } },
      "a-online-temporal": { ...common, source: { mock: "a.py" } },
    },
  },
  "test",
);

/** As the engine reads them: pkg/resource/deploy, UrnTargets. */
function matcher(patterns: readonly string[]) {
  const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split("**").map((part) => part.split("*").map(quoted).join("[^:]*"));
    return new RegExp(`^${parts.join(".*")}$`);
  });
  return (urn: string) => expressions.some((expression) => expression.test(urn));
}

const site: WorkerSite = {
  stack: "project/local",
  namespace: "speech",
  temporal: { address: "temporal:7233", apiKey: { name: "temporal", key: "key" } },
  gpuTypes: {},
  pullSecrets: [],
  autoscaler: "keda",
  scratch: 1024 ** 3,
  podStart: 1000,
  storageClass: undefined,
};

test("a limited run targets every part of the named algorithms, and none of another one's", async () => {
  const worker: Platform["worker"] = (name, { entry }, parent) => {
    const settings = { ...resolveSettings(entry, undefined, "pyproject.toml"), python: "3.11" };
    const deployed = { version: "v1", commit: "c", settings, image: "registry.test/a@sha256:1" };
    kubernetesWorker(name, { entry, site, deployed, mock: { file: "a.py", text: "" } }, parent);
  };
  const platform: Platform = {
    recipe: {},
    sources: {},
    namespaces: () => {},
    runs: () => true,
    refusals: async () => new Map(),
    worker,
    outputs: {},
  };
  const resources = await deploy(() => {
    for (const entry of algorithms) new Algorithm(entry.name, { entry, candidate: { problem: "none" }, platform });
  });
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  /** Outermost first; the stack itself is left out. */
  const lineOf = (resource: Deployed): Deployed[] => {
    const parent = byUrn.get(resource.parent ?? "");
    return resource.type === "pulumi:pulumi:Stack" ? [] : [...(parent ? lineOf(parent) : []), resource];
  };
  const parts = resources.map(lineOf).filter((line) => line.length > 0);
  // The mocks' own URNs have one parent's type only.
  const urns = parts.map((line) => {
    const urn = `urn:pulumi:local::project::${line.map(({ type }) => type).join("$")}::${line.at(-1)?.name}`;
    return { urn, owner: line[0]?.name };
  });
  expect(urns.length).toBeGreaterThan(40);
  for (const entry of algorithms) {
    const isTarget = matcher(targetsOf([entry]));
    const isOwn = ({ owner }: { owner: string | undefined }) => owner === entry.name;
    expect(urns.filter((part) => isOwn(part) && !isTarget(part.urn))).toEqual([]);
    const foreign = urns.filter((part) => !isOwn(part) && isTarget(part.urn)).map(({ urn }) => urn.split("$").at(-1));
    // What is named like another algorithm follows that one's release, which the run leaves as it is.
    expect(foreign).toEqual(alsoTargeted[entry.name] ?? []);
  }
});

const alsoTargeted: Readonly<Record<string, readonly string[]>> = {
  "a-metrics": [],
  "a-mock": ["kubernetes:core/v1:ConfigMap::a-mock"],
  "a-online-temporal": ["kubernetes:keda.sh/v1alpha1:TriggerAuthentication::a-online-temporal"],
};

test("a limited run targets the platform's parts", () => {
  const isTarget = matcher(targetsOf(algorithms.slice(0, 1)));
  const urn = (type: string, name: string) => `urn:pulumi:local::project::${type}::${name}`;
  const targeted = [
    urn("conduit:local:Supervisor", "supervisor"),
    urn("conduit:local:TemporalServer", "temporal"),
    urn("conduit:temporal:Namespace", "speech"),
    urn("conduit:local:Standby", "standby"),
    urn("conduit:kubernetes:TemporalCluster$kubernetes:apps/v1:Deployment", "temporal-frontend"),
    urn("conduit:kubernetes:AlgorithmNamespace$kubernetes:core/v1:Namespace", "speech"),
    urn("docker:index/provider:Provider", "registries"),
  ];
  expect(targeted.filter((each) => !isTarget(each))).toEqual([]);
  expect(isTarget(urn("aws:s3:Bucket", "of-the-team"))).toBe(false);
  expect(isTarget(urn("conduit:index:Algorithm$conduit:local:Worker", "b"))).toBe(false);
  expect(isTarget(urn("conduit:index:Algorithm$conduit:local:Worker", "a"))).toBe(true);
});
