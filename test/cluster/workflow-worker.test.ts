import { readFile } from "node:fs/promises";
import { loadYaml, type V1Deployment } from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { Objects } from "./support/objects.ts";
import { requestsTo } from "./support/requests.ts";
import { restrictedNamespace } from "./support/workloads.ts";

const file = new URL("../../examples/workflows/python/deployment.yaml", import.meta.url);
const namespace = "/namespaces/speech-workflows";
const dryRun = "dryRun=All&fieldValidation=Strict&fieldManager=kubectl";

let cluster: Cluster;
let text = "";

beforeAll(async () => {
  text = await readFile(file, "utf8");
  cluster = await startCluster({ crds: false });
  await new Objects(cluster.kubeconfig).create(restrictedNamespace("speech-workflows"));
}, 300_000);

afterAll(async () => cluster?.stop(), 60_000);

/** Asks the API server what it would make of a manifest, and changes nothing. */
function tried<T>(path: string, manifest: string): Promise<T> {
  const type = "application/apply-patch+yaml";
  return requestsTo(cluster.kubeconfig)({ method: "PATCH", path: `${path}?${dryRun}`, type, body: manifest });
}

test("the example of a workflow worker's Deployment is what the API server takes, every field of it", async () => {
  const path = `/apis/apps/v1${namespace}/deployments/speech-workflows`;
  expect(await tried<V1Deployment>(path, text)).toMatchObject({ spec: { replicas: 2 } });
  await expect(tried(path, text.replace("replicas:", "replica:"))).rejects.toThrow(".spec.replica: field not declared");
});

test("its pods are let in where only restricted ones are", async () => {
  const { spec, metadata } = loadYaml<{ spec: { template: { spec: object; metadata: object } } }>(text).spec.template;
  const pod = (security: object) =>
    JSON.stringify({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, name: "worker", namespace: "speech-workflows" },
      spec: { ...spec, ...security },
    });
  const path = `/api/v1${namespace}/pods/worker`;
  expect(await tried(path, pod({}))).toMatchObject({ kind: "Pod" });
  await expect(tried(path, pod({ securityContext: {} }))).rejects.toThrow("violates PodSecurity");
});
