import { writeFile } from "node:fs/promises";
import { kubeconfigOf } from "../control-plane.ts";
import { bridgeAddress, type NodeSetting, nodeFile } from "./setting.ts";

/** The command of CoreDNS, which knows the names of Services. */
export function dnsCommand(setting: NodeSetting): string[] {
  return [setting.node.coredns, "-conf", nodeFile(setting, "Corefile")];
}

const readyPort = 8181;

/** Whether CoreDNS knows all Services. */
export async function isDnsReady({ network }: NodeSetting): Promise<boolean> {
  const answer = await fetch(`http://${network.address}:${readyPort}/ready`).catch(() => undefined);
  return answer?.ok === true;
}

/** Writes what CoreDNS answers: names of the cluster, and that there are no others. */
export async function writeDnsConfiguration(setting: NodeSetting): Promise<void> {
  const text = `.:53 {
    bind ${bridgeAddress}
    errors
    ready ${setting.network.address}:${readyPort}
    kubernetes cluster.local in-addr.arpa {
        kubeconfig ${kubeconfigOf(setting, "coredns")}
    }
}
`;
  await writeFile(nodeFile(setting, "Corefile"), text);
}
