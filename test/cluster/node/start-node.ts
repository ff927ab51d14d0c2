import path from "node:path";
import type { Holder } from "../certificates.ts";
import { addCommands, processOf, startComponent, until } from "../cluster.ts";
import { controlPlaneNames } from "../control-plane.ts";
import { isFurnished } from "../furnish.ts";
import type { Needed } from "../machine.ts";
import { ip, type Network } from "../network.ts";
import { makeCgroups } from "./cgroups.ts";
import { containerdCommand, writeContainerdConfiguration } from "./containerd.ts";
import { requireDisk } from "./disk.ts";
import { dnsCommand, isDnsReady, writeDnsConfiguration } from "./dns.ts";
import { importImages, isContainerdReady } from "./images.ts";
import { kubeletCommand, proxyCommand, writeKubeletConfiguration } from "./kubelet.ts";
import { bridge, bridgeAddress, type NodeSetting, nodeName } from "./setting.ts";
import { inSpace, isSpaceReady, makeSpace, spaceCommand } from "./space.ts";

/** What a machine needs for a node, beside what it needs for every cluster. */
export const nodeNeeds: readonly Needed[] = [
  { name: "iptables", debian: "iptables" },
  { name: "nsenter", debian: "util-linux" },
  // Debian's `runc` is linked to it.
  { name: "libseccomp.so.2", debian: "libseccomp2" },
];

/** The users of a cluster that are on its node. */
export function nodeUsers({ address }: Network): Holder[] {
  return [
    { name: "kubelet", user: `system:node:${nodeName}`, group: "system:nodes", reachedAs: [`IP:${address}`] },
    { name: "kube-proxy", user: "system:kube-proxy" },
    { name: "coredns", user: "coredns", group: "system:masters" },
  ];
}

/** Starts the node of a cluster whose control plane runs, and waits until it is ready. */
export async function startNode(setting: NodeSetting): Promise<void> {
  const { folder } = setting;
  await prepare(setting);
  await addCommands(folder, { node: spaceCommand(setting) });
  await startComponent(folder, "node");
  await until(folder, ["node"], async () => isSpaceReady(setting));
  const first = await processOf(folder, "node");
  await addCommands(folder, {
    containerd: inSpace(first, containerdCommand(setting), [setting.node.containerd]),
    coredns: inSpace(first, dnsCommand(setting)),
    kubelet: inSpace(first, kubeletCommand(setting)),
    "kube-proxy": inSpace(first, proxyCommand(setting)),
  });
  for (const name of ["containerd", "coredns", "kube-proxy"] as const) await startComponent(folder, name);
  await until(folder, ["node", "containerd"], () => isContainerdReady(folder));
  await importImages(folder, setting.node.image);
  await startComponent(folder, "kubelet");
  await until(folder, [...controlPlaneNames, "node", "containerd", "kubelet"], () =>
    isFurnished(path.join(folder, "kubeconfig"), 1),
  );
  await until(folder, ["node", "kube-proxy", "coredns"], () => isDnsReady(setting));
}

/** Makes all that a node's processes read, and the bridge and the control groups of its pods. */
async function prepare(setting: NodeSetting): Promise<void> {
  await requireDisk(setting.folder);
  await makeSpace(setting);
  await writeContainerdConfiguration(setting);
  await writeKubeletConfiguration(setting);
  await writeDnsConfiguration(setting);
  await makeCgroups(setting.network);
  const { namespace } = setting.network;
  await ip("-n", namespace, "link", "add", bridge, "type", "bridge");
  await ip("-n", namespace, "address", "add", `${bridgeAddress}/24`, "dev", bridge);
  await ip("-n", namespace, "link", "set", bridge, "up");
}
