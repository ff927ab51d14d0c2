import { writeFile } from "node:fs/promises";
import path from "node:path";
import { type Component, kubeconfigOf, pki, type Setting } from "./control-plane.ts";
import { podStages } from "./pod-stages.ts";

/** A port of the cluster's pods behind which a real server of this machine answers. */
export interface PortForward {
  /** Of the pods; those of every namespace when it is left out. */
  readonly namespace?: string;
  /** The port that is asked for at the pod. */
  readonly port: number;
  /** Where the server listens, as `127.0.0.1:7233`. */
  readonly address: string;
}

/** The command of kwok, which plays the kubelets: it runs on the host, so that it reaches servers on the host's 127.0.0.1. */
export function kwok(setting: Setting, port: number): Component {
  const { folder, network, programs } = setting;
  const flags = [
    `--kubeconfig=${kubeconfigOf(setting, "kwok")}`,
    `--config=${configurationFile(folder)}`,
    "--manage-all-nodes=true",
    `--node-ip=${network.hostAddress}`,
    `--node-port=${port}`,
    `--server-address=${network.hostAddress}:${port}`,
    `--tls-cert-file=${pki(setting, "node.crt")}`,
    `--tls-private-key-file=${pki(setting, "node.key")}`,
    "--cidr=10.244.0.1/16",
    "--node-lease-duration-seconds=40",
  ];
  return { command: [programs.kwok, ...flags], place: "on the host" };
}

/** Where the nodes' server listens, by kwok's own command: an address with a port. */
export function nodesServer(command: readonly string[]): string | undefined {
  const option = "--server-address=";
  return command.find((word) => word.startsWith(option))?.slice(option.length);
}

/** What every container has printed, in the form in which a container runtime writes it. */
const podLog = "2026-01-01T00:00:00.000000000Z stdout F No container runs here: this pod is played.\n";

/** Writes what kwok does with pods. */
export async function writeKwokConfiguration(folder: string, portForwards: readonly PortForward[]): Promise<void> {
  const log = path.join(folder, "pod-log");
  await writeFile(log, podLog);
  const documents = [...podStages(), ...portForwards.map(clusterPortForward), clusterLogs(log)];
  await writeFile(configurationFile(folder), documents.map((document) => JSON.stringify(document)).join("\n---\n"));
}

/** The object of kwok for one port. */
export function clusterPortForward({ namespace, port, address }: PortForward, index: number): object {
  const colon = address.lastIndexOf(":");
  const target = { address: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "ClusterPortForward",
    metadata: { name: `forward-${index}` },
    spec: {
      selector: namespace === undefined ? {} : { matchNamespaces: [namespace] },
      forwards: [{ ports: [port], target }],
    },
  };
}

function clusterLogs(logsFile: string): object {
  const metadata = { name: "played" };
  return { apiVersion: "kwok.x-k8s.io/v1alpha1", kind: "ClusterLogs", metadata, spec: { logs: [{ logsFile }] } };
}

function configurationFile(folder: string): string {
  return path.join(folder, "kwok.yaml");
}
