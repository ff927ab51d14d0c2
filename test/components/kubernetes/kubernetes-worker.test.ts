import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { expect, test } from "vitest";
import { kubernetesWorker, workerObjects } from "../../../components/kubernetes/kubernetes-worker.ts";
import type { WorkerSite } from "../../../components/kubernetes/worker-site.ts";
import { longestLaneName, longestName } from "../../../registry/names.ts";
import type { Algorithm } from "../../../registry/resolve.ts";
import { type Deployed, deploy } from "../../support/mocks.ts";
import { at, deployedOf, entryOf, siteOf, version, yaml } from "./support.ts";

class Parent extends pulumi.ComponentResource {
  constructor() {
    super("conduit:index:Algorithm", "transcribe");
    this.registerOutputs({});
  }
}

function parts(entry: Algorithm, site: WorkerSite = siteOf()): Promise<Deployed[]> {
  const mock = entry.source.kind === "mock" ? { file: "summarize.py", text: "pass" } : undefined;
  return deploy(() => kubernetesWorker("transcribe", { entry, site, deployed: deployedOf(entry), mock }, new Parent()));
}

function objects(resources: readonly Deployed[]): Record<string, unknown>[] {
  return resources.filter(({ type }) => type.startsWith("kubernetes:")).map(({ inputs }) => inputs);
}

test("the ServiceAccount of an algorithm carries its identity, and no token", async () => {
  const annotations = { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/asr", "algorithm-conduit/stack": "other" };
  const made = objects(await parts(entryOf({ identity: { annotations } })));
  expect(`\n${yaml(made.find(({ kind }) => kind === "ServiceAccount"))}`).toMatchInlineSnapshot(`
    "
    apiVersion: v1
    automountServiceAccountToken: false
    kind: ServiceAccount
    metadata:
      annotations:
        algorithm-conduit/owner: asr
        algorithm-conduit/stack: algorithms/prod
        eks.amazonaws.com/role-arn: arn:aws:iam::1:role/asr
      labels:
        algorithm-conduit/algorithm: transcribe
        app.kubernetes.io/component: identity
        app.kubernetes.io/instance: transcribe
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: transcribe
      name: transcribe
      namespace: speech
    "
  `);
});

test("an algorithm connects to nothing but what its egress says", async () => {
  const policies = async (egress: object) => {
    const made = objects(await parts(entryOf({ egress })));
    return made.filter(({ kind }) => kind === "NetworkPolicy").map(({ spec }) => spec);
  };
  expect(await policies({})).toEqual([]);
  expect(`\n${yaml(await policies({ internet: true, cidrs: ["10.20.0.0/16"] }))}`).toMatchInlineSnapshot(`
    "
    - egress:
        - to:
            - ipBlock: {cidr: 10.20.0.0/16}
            - ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 168.63.129.16/32, 169.254.0.0/16, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 240.0.0.0/4]}
            - ipBlock: {cidr: '::/0', except: ['::1/128', fc00::/7, fe80::/10]}
      podSelector:
        matchLabels:
          algorithm-conduit/algorithm: transcribe
      policyTypes:
        - Egress
    "
  `);
});

test("the file of a mock is mounted where the code is", async () => {
  const made = objects(await parts(entryOf({ source: { mock: "mocks/summarize.py" } })));
  expect(made.find(({ kind }) => kind === "ConfigMap")?.data).toEqual({ "summarize.py": "pass" });
  for (const workload of made.filter(({ kind }) => kind === "Job" || kind === "Deployment")) {
    const pod = at(workload, "spec", "template", "spec");
    expect(at(pod, "containers", 0, "volumeMounts", 3)).toEqual({ name: "mock", mountPath: "/app", readOnly: true });
    expect(at(pod, "volumes", 3)).toEqual({ name: "mock", configMap: { name: "transcribe-mock" } });
  }
});

test("no component waits itself: one that the engine skips would end the whole run", async () => {
  const resources = await parts(entryOf({ source: { mock: "mocks/summarize.py" }, egress: { internet: true } }));
  const components = resources.filter(({ custom }) => !custom);
  expect(components.length).toBeGreaterThan(4);
  expect(components.filter(({ dependsOn }) => dependsOn.length > 0).map(({ type }) => type)).toEqual([]);
});

test("gate, workers and autoscaler come one after the other", async () => {
  const resources = await parts(entryOf({ egress: { internet: true } }));
  const before = (type: string) =>
    resources
      .find((resource) => resource.type.endsWith(type))
      ?.dependsOn.map((urn) => urn.split("::").slice(2).join(" "));
  expect(before("batch/v1:Job")).toMatchInlineSnapshot(`
    [
      "conduit:kubernetes:AlgorithmIdentity$kubernetes:core/v1:ServiceAccount transcribe",
      "conduit:kubernetes:AlgorithmIdentity$kubernetes:networking.k8s.io/v1:NetworkPolicy transcribe-egress",
    ]
  `);
  expect(before("apps/v1:Deployment")).toMatchInlineSnapshot(`
    [
      "conduit:kubernetes:AlgorithmGate$kubernetes:batch/v1:Job transcribe",
    ]
  `);
  expect(before("v1alpha1:ScaledObject")).toMatchInlineSnapshot(`
    [
      "conduit:kubernetes:AlgorithmWorker$kubernetes:apps/v1:Deployment transcribe",
      "conduit:kubernetes:AlgorithmWorker$kubernetes:core/v1:Service transcribe-metrics",
    ]
  `);
});

test("each lane has its own queue, workers and autoscaler, and the gate is enough for all of them", async () => {
  const lanes = { online: { scaling: { min: 2, max: 4 }, cpu: "2" }, offline: { memory: "8Gi", concurrency: 3 } };
  const made = objects(await parts(entryOf({ lanes })));
  const ofKind = (kind: string) => made.filter((object) => object.kind === kind);
  expect(ofKind("Deployment").map(({ metadata, spec }) => [at(metadata, "name"), container(spec).resources])).toEqual([
    ["transcribe-online", { requests: { cpu: "2", memory: "1Gi" }, limits: { memory: "1Gi" } }],
    ["transcribe-offline", { requests: { cpu: "250m", memory: "8Gi" }, limits: { memory: "8Gi" } }],
  ]);
  expect(ofKind("Job").map(({ spec }) => container(spec).resources)).toEqual([
    { requests: { cpu: "2", memory: "8Gi" }, limits: { memory: "8Gi" } },
  ]);
  expect(
    ofKind("ScaledObject").map(({ spec }) => [
      at(spec, "minReplicaCount"),
      at(spec, "triggers", 0, "metadata", "taskQueue"),
      at(spec, "triggers", 1, "metadata", "targetValue"),
    ]),
  ).toEqual([
    [2, "transcribe.online", "1"],
    [0, "transcribe.offline", "3"],
  ]);
});

test("the objects with a plain name are told before the run", async () => {
  const apiKey = { name: "temporal", key: "key" };
  const sites = [siteOf(), siteOf({ autoscaler: "none" }), siteOf({ temporal: { address: "t:7233", apiKey } })];
  const entries = [
    entryOf(),
    entryOf({ state: { size: "1Gi", mountPath: "/data" }, egress: { cidrs: ["10.0.0.0/8"] } }),
    entryOf({ lanes: { online: {}, offline: {} }, source: { mock: "mocks/summarize.py" } }),
  ];
  for (const site of sites) {
    for (const entry of entries) {
      const made = objects(await parts(entry, site)).map(({ apiVersion, kind, metadata }) => {
        return { apiVersion, kind, namespace: at(metadata, "namespace"), name: at(metadata, "name") };
      });
      const named = made.filter(({ name }) => name !== `transcribe-${version}`);
      expect(sorted(workerObjects({ entry, site }))).toEqual(sorted(named));
    }
  }
});

function sorted(all: readonly unknown[]): string[] {
  return all.map((one) => JSON.stringify(one, Object.keys(Object(one)).sort())).sort();
}

function container(spec: unknown): Record<string, unknown> {
  return { ...Object(at(spec, "template", "spec", "containers", 0)) };
}

test("every name fits a DNS label, however long those of algorithm and lane are", () => {
  const names = (longest: number) => fc.stringMatching(new RegExp(`^[a-z][-a-z0-9]{0,${longest - 2}}[a-z0-9]$`));
  const fields = { egress: { internet: true }, state: { size: "1Gi", mountPath: "/data" } };
  fc.assert(
    fc.property(names(longestName), names(longestLaneName), (name, lane) => {
      const entry = entryOf({ ...fields, source: { mock: "mocks/a.py" }, lanes: { [lane]: {} } }, name);
      for (const object of workerObjects({ entry, site: siteOf() })) {
        expect(object.name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
      }
    }),
  );
});
