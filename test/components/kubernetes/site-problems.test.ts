import { expect, test } from "vitest";
import { kedaGroups, kedaObjects } from "../../../components/kubernetes/keda.ts";
import { siteProblems } from "../../../components/kubernetes/site-problems.ts";
import { kubernetesSettings } from "../../../components/kubernetes/stack-settings.ts";
import { resolveRegistry } from "../../../registry/resolve.ts";

function problemsOf(namespace: string, given: object = {}): string[] {
  const registry = resolveRegistry(
    {
      namespaces: { [namespace]: { owner: "platform" } },
      algorithms: { ranker: { namespace, owner: "search", source: { image: "registry.test/ranker:1" } } },
    },
    "prod",
  );
  return siteProblems({
    ...{ settings: kubernetesSettings.parse(given), registry },
    previous: { resources: [], ofType: () => [] },
    endpointOf: () => ({ address: "temporal.test:7233" }),
  });
}

test("no worker runs beside the Secrets of Temporal's server or of KEDA", () => {
  expect(problemsOf("temporal")).toEqual([
    "Workers of `temporal` would run in the Kubernetes namespace `temporal`, beside Temporal's server and its Secrets. " +
      "Write another one in `conduit:kubernetes.namespaces.temporal.name`.",
  ]);
  expect(problemsOf("speech", { kubernetes: { namespaces: { speech: { name: "keda" } } } })).toEqual([
    "Workers of `speech` would run in the Kubernetes namespace `keda`, beside KEDA and its Secrets. " +
      "Write another one in `conduit:kubernetes.namespaces.speech.name`.",
  ]);
});

test("a namespace that nobody else uses is no problem, whatever it is called", () => {
  expect(problemsOf("speech")).toEqual([]);
  expect(problemsOf("keda", { autoscaler: "none" })).toEqual([]);
  expect(problemsOf("temporal", { temporal: { mode: "external", address: "temporal.test:7233" } })).toEqual([]);
});

test("the namespace of KEDA is the stack's own only where the stack installs it", () => {
  const installed = kubernetesSettings.parse({ keda: { namespace: "scaling", install: { version: "2.20.2" } } });
  expect(kedaObjects(installed)).toEqual([{ apiVersion: "v1", kind: "Namespace", name: "scaling" }]);
  expect(kedaGroups(installed)).toEqual(["keda.sh"]);
  for (const settings of [kubernetesSettings.parse({}), { ...installed, autoscaler: "none" as const }]) {
    expect(kedaObjects(settings)).toEqual([]);
    expect(kedaGroups(settings)).toEqual([]);
  }
});
