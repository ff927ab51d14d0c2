import { expect, test } from "vitest";
import { kedaGroups, kedaObjects } from "../../../components/kubernetes/keda.ts";
import { type SiteProblemsArgs, siteProblems } from "../../../components/kubernetes/site-problems.ts";
import { kubernetesStackSettings } from "../../../components/kubernetes/stack-settings.ts";
import type { PreviousResources } from "../../../components/platform.ts";
import { type Registry, resolveRegistry } from "../../../registry/resolve.ts";

function registryOf(namespace: string, algorithm = "ranker"): Registry {
  const source = { image: "registry.example/ranker:1" };
  return resolveRegistry(
    {
      namespaces: { [namespace]: { owner: "speech" } },
      algorithms: { [algorithm]: { namespace, owner: "us", source } },
    },
    "prod",
  );
}

const nothing: PreviousResources = { resources: [], ofType: () => [] };
const cluster = { mode: "cluster", numHistoryShards: 512, postgres: { size: "10Gi" } };

function problems(settings: object, others: Partial<SiteProblemsArgs> = {}): string[] {
  const parsed = kubernetesStackSettings.parse(settings);
  const endpointOf = () => ({ address: "temporal:7233" });
  const registry = registryOf("speech");
  return siteProblems({ settings: parsed, registry, previous: nothing, environment: {}, endpointOf, ...others });
}

test("no worker runs beside the Secrets of Temporal's server or of KEDA", () => {
  expect(problems({}, { registry: registryOf("temporal") })).toEqual([
    "Workers of `temporal` would run in the Kubernetes namespace `temporal`, beside Temporal's server and its Secrets. " +
      "Write another one in `conduit:kubernetes.namespaces.temporal.name`.",
  ]);
  expect(problems({ kubernetes: { namespaces: { speech: { name: "keda" } } } })).toEqual([
    "Workers of `speech` would run in the Kubernetes namespace `keda`, beside KEDA and its Secrets. " +
      "Write another one in `conduit:kubernetes.namespaces.speech.name`.",
  ]);
});

test("a namespace that nobody else uses is no problem, whatever it is called", () => {
  expect(problems({})).toEqual([]);
  expect(problems({ autoscaler: "none" }, { registry: registryOf("keda") })).toEqual([]);
  const temporal = { mode: "external", address: "temporal:7233" };
  expect(problems({ temporal }, { registry: registryOf("temporal") })).toEqual([]);
});

test("the namespace of KEDA is the stack's own only where the stack installs it", () => {
  const installed = kubernetesStackSettings.parse({ keda: { namespace: "scaling", install: { version: "2.20.2" } } });
  expect(kedaObjects(installed)).toEqual([{ apiVersion: "v1", kind: "Namespace", name: "scaling" }]);
  expect(kedaGroups(installed)).toEqual(["keda.sh"]);
  for (const settings of [kubernetesStackSettings.parse({}), { ...installed, autoscaler: "none" as const }]) {
    expect(kedaObjects(settings)).toEqual([]);
    expect(kedaGroups(settings)).toEqual([]);
  }
});

test("no algorithm has the ServiceAccount of pods that have none", () => {
  expect(problems({}, { registry: registryOf("speech", "default") })).toEqual([
    "The algorithm `default` would have the ServiceAccount `default`, which is that of every pod without one. Rename it.",
  ]);
});

test("names that the registry does not have are told with the nearest", () => {
  const temporal = { mode: "external", address: "temporal:7233", namespaces: { speach: {} } };
  expect(problems({ temporal, gpuTypes: { default: { algorithms: ["rankr"] } } })).toEqual([
    "`conduit:temporal.namespaces` names `speach`, which the registry does not have. Did you mean `speech`?",
    "`gpuTypes.default.algorithms` names `rankr`, which the registry does not have. Did you mean `ranker`?",
  ]);
});

test("another number of shards than the last run's is refused", () => {
  const type = "conduit:kubernetes:TemporalCluster";
  const resources = [{ type, name: "temporal", outputs: { numHistoryShards: 4 } }];
  const previous = { resources, ofType: (wanted: string) => (wanted === type ? resources : []) };
  expect(problems({ temporal: cluster }, { previous })).toEqual([
    "`temporal.numHistoryShards` is 512, but the cluster was made with 4, which can never be changed: " +
      "its histories would be lost. Write 4, or make a new stack.",
  ]);
});

test("TLS that KEDA cannot speak is told, unless there is no autoscaler", () => {
  const endpointOf = () => ({ address: "temporal:7233", tls: {} });
  expect(problems({}, { endpointOf })).toEqual([
    "KEDA speaks TLS to Temporal only with a client certificate or an API key. " +
      'Give a client certificate too, or set `conduit:autoscaler` to "none".',
  ]);
  expect(problems({ autoscaler: "none" }, { endpointOf })).toEqual([]);
});
