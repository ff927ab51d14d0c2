import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { V1Deployment } from "@kubernetes/client-node";
import { run } from "../../../tools/run.ts";
import type { Cluster } from "../cluster.ts";
import { kubectlPath } from "../programs.ts";
import { Objects } from "../support/objects.ts";
import { importImages } from "./images.ts";
import { type KedaFiles, kedaPrograms, kedaTag } from "./keda-programs.ts";

/** Installs KEDA in a cluster with a real node, and waits until it scales. */
export async function installKeda(cluster: Cluster, { images, manifests }: KedaFiles): Promise<void> {
  for (const archive of images) await importImages(cluster.folder, archive);
  const file = path.join(cluster.folder, "keda.yaml");
  await writeFile(file, adapted(await readFile(manifests, "utf8")));
  const apply = ["apply", "--server-side", "--force-conflicts", "--filename", file];
  await run(await kubectlPath(), ["--kubeconfig", cluster.kubeconfig, ...apply]);
  const objects = new Objects(cluster.kubeconfig);
  for (const name of ["keda-operator", "keda-metrics-apiserver"]) {
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "keda" } };
    await objects.wait<V1Deployment>(deployment, (found) => found?.status?.readyReplicas === 1);
  }
  const service = { apiVersion: "apiregistration.k8s.io/v1", kind: "APIService" };
  const metrics = { ...service, metadata: { name: "v1beta1.external.metrics.k8s.io" } };
  await objects.wait<ApiService>(metrics, (found) =>
    (found?.status?.conditions ?? []).some(({ type, status }) => type === "Available" && status === "True"),
  );
}

interface ApiService {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** KEDA's manifests for images that no registry has and for a cluster without its webhooks; and asked early whether it is ready. */
function adapted(manifests: string): string {
  const named = kedaPrograms.reduce(
    (text, { image }) => text.replaceAll(`${image}:main`, `${image}:${kedaTag}`),
    manifests,
  );
  return named
    .replaceAll("imagePullPolicy: Always", "imagePullPolicy: Never")
    .replaceAll(/initialDelaySeconds: \d+/g, "initialDelaySeconds: 1")
    .replace(/( *)- --enable-cert-rotation=true/, "$&\n$1- --enable-webhook-patching=false");
}
