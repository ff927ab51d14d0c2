import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { V1CustomResourceDefinition, V1Node, V1ServiceAccount } from "@kubernetes/client-node";
import { type Manifest, Objects } from "./support/objects.ts";
import { requestsTo } from "./support/requests.ts";

const capacity = { cpu: "1000", memory: "16Ti", "ephemeral-storage": "64Ti", pods: "10000" };
const gpus = { "nvidia.com/gpu": "64" };

/** The nodes that kwok plays. The second one has GPUs, and the label that NVIDIA's own discovery gives. */
export const playedNodes: readonly Manifest[] = [
  node("node-0", capacity, {}),
  node("node-1", { ...capacity, ...gpus }, { "nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB" }),
];

function node(name: string, resources: Record<string, string>, labels: Record<string, string>): Manifest {
  const own = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { ...own, ...labels } },
    status: { allocatable: resources, capacity: resources },
  };
}

/** Volumes are made on demand, by the controller manager; a claim that names no class gets one of these. */
const storageClass: Manifest = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "kubernetes.io/host-path",
};

/** Adds what every cluster needs before pods can run in it, but for nodes. */
export async function furnish(kubeconfig: string): Promise<void> {
  await new Objects(kubeconfig).create(storageClass);
}

/** Adds the nodes that kwok plays. */
export async function addPlayedNodes(kubeconfig: string): Promise<void> {
  const objects = new Objects(kubeconfig);
  await Promise.all(playedNodes.map((manifest) => objects.create(manifest)));
}

/** Whether pods can be made and find a node; all of the cluster's nodes are ready then. */
export async function isFurnished(kubeconfig: string, nodeCount: number): Promise<boolean> {
  const objects = new Objects(kubeconfig);
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "default" } };
  if ((await objects.get<V1ServiceAccount>(account)) === undefined) return false;
  const found = await objects.list<V1Node>({ apiVersion: "v1", kind: "Node" });
  const isReady = ({ status, spec }: V1Node) =>
    spec?.taints === undefined && status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return found.length === nodeCount && found.every(isReady);
}

/** Lets a new kwok play the nodes at once; it would wait for 40 s until what the one before it holds has run out. */
export async function releaseNodes(kubeconfig: string): Promise<void> {
  const objects = new Objects(kubeconfig);
  const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" };
  await Promise.all(
    playedNodes.map(({ metadata: { name } }) =>
      objects.delete({ ...lease, metadata: { name, namespace: "kube-node-lease" } }),
    ),
  );
}

/** Applies the custom resource definitions in a folder, and waits until the API server serves them. */
export async function applyDefinitions(kubeconfig: string, folder: string): Promise<void> {
  const [request, objects] = [requestsTo(kubeconfig), new Objects(kubeconfig)];
  await Promise.all(
    (await readdir(folder)).map(async (file) => {
      const metadata = { name: definitionName(file) };
      const body = await readFile(path.join(folder, file), "utf8");
      const place = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${metadata.name}?fieldManager=test&force=true`;
      await request({ method: "PATCH", path: place, type: "application/apply-patch+yaml", body });
      const reference = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata };
      await objects.wait<V1CustomResourceDefinition>(reference, isEstablished);
    }),
  );
}

/** `scaledobjects.keda.sh` out of `keda.sh_scaledobjects.yaml`, as controller-gen names its files. */
export function definitionName(file: string): string {
  const [group, plural] = file.replace(/\.yaml$/, "").split("_");
  return `${plural}.${group}`;
}

function isEstablished(definition: V1CustomResourceDefinition | undefined): boolean {
  const conditions = definition?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === "Established" && status === "True");
}
