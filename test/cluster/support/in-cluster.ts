import type { V1Service } from "@kubernetes/client-node";
import type { Cluster } from "../cluster.ts";
import { inNetwork } from "../network.ts";
import { readRecord } from "../record.ts";
import { Objects } from "./objects.ts";

/** What reaches a stack's Temporal from within the cluster's network, and goes on there without the Kubernetes API. */
export interface InCluster {
  /** Temporal's address by number: outside of pods nobody knows the cluster's names. */
  readonly address: string;
  /** The command that runs another one of this machine in that network. */
  readonly command: (command: readonly string[]) => string[];
}

export async function inCluster({ kubeconfig, folder }: Cluster): Promise<InCluster> {
  const metadata = { name: "temporal-frontend", namespace: "temporal" };
  const service = await new Objects(kubeconfig).get<V1Service>({ apiVersion: "v1", kind: "Service", metadata });
  const record = await readRecord(folder);
  if (record === undefined) throw new Error(`The record of the cluster in \`${folder}\` is gone.`);
  const command = (inside: readonly string[]) => inNetwork(record.network, inside);
  return { address: `${service?.spec?.clusterIP}:7233`, command };
}
