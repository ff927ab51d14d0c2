import { readFile } from "node:fs/promises";
import { loadAllYaml, type V1Deployment } from "@kubernetes/client-node";
import type { Cluster } from "../cluster.ts";
import { type Manifest, Objects } from "../support/objects.ts";
import { importImages } from "./images.ts";
import { type KedaFiles, kedaPrograms, kedaTag } from "./keda-programs.ts";

/** Installs KEDA in a cluster with a real node, and waits until it scales. */
export async function installKeda(cluster: Cluster, { images, manifests }: KedaFiles): Promise<void> {
  for (const archive of images) await importImages(cluster.folder, archive);
  const objects = new Objects(cluster.kubeconfig);
  const all: Manifest[] = loadAllYaml(adapted(await readFile(manifests, "utf8")));
  for (const manifest of all) await objects.apply(manifest);
  for (const deployment of all.filter(({ kind }) => kind === "Deployment")) {
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
