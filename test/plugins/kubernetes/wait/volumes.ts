import type { Cluster } from "../cluster.ts";
import { textAt } from "../json.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";

/** A PersistentVolume is ready when it is free or bound. */
export async function volumeReadiness(_cluster: Cluster, { live }: Look): Promise<Readiness> {
  const phase = textAt(live, "status", "phase") ?? "";
  return ["Available", "Bound"].includes(phase) ? isReady : waiting(`PersistentVolume is ${phase}`);
}

/** A PersistentVolumeClaim is ready when it is bound, or when its class binds it only for its first pod. */
export async function claimReadiness(cluster: Cluster, { live }: Look): Promise<Readiness> {
  const phase = textAt(live, "status", "phase");
  if (phase === "Bound") return isReady;
  return phase === "Pending" && (await isBoundLater(cluster, textAt(live, "spec", "storageClassName")))
    ? isReady
    : waiting(`PersistentVolumeClaim is ${phase}`);
}

async function isBoundLater({ objects }: Cluster, name: string | undefined): Promise<boolean> {
  if (!name) return false;
  const storageClass = await objects
    .get({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", name })
    .catch(() => ({}));
  return textAt(storageClass, "volumeBindingMode") === "WaitForFirstConsumer";
}

function waiting(status: string): Readiness {
  return { ready: false, status, explain: async () => [status] };
}
