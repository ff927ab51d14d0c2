import { mkdir, writeFile } from "node:fs/promises";
import { kubeconfigOf, pki } from "../control-plane.ts";
import { cgroupOf } from "./cgroups.ts";
import { bridgeAddress, containerdSocket, type NodeSetting, nodeFile, nodeName, podRange } from "./setting.ts";

/** The kubelet's own command. */
export function kubeletCommand(setting: NodeSetting): string[] {
  return [
    setting.programs.kubernetes,
    "kubelet",
    `--config=${nodeFile(setting, "kubelet.json")}`,
    `--kubeconfig=${kubeconfigOf(setting, "kubelet")}`,
    `--root-dir=${nodeFile(setting, "kubelet")}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${setting.network.address}`,
  ];
}

/** The command of kube-proxy, which makes the rules that lead from Services to pods, in the cluster's own network. */
export function proxyCommand(setting: NodeSetting): string[] {
  return [
    setting.programs.kubernetes,
    "kube-proxy",
    `--kubeconfig=${kubeconfigOf(setting, "kube-proxy")}`,
    `--hostname-override=${nodeName}`,
    "--proxy-mode=iptables",
    `--cluster-cidr=${podRange}`,
    "--healthz-bind-address=127.0.0.1:10256",
    // These are the whole machine's, and stay as they are.
    "--conntrack-max-per-core=0",
    "--conntrack-tcp-timeout-established=0",
    "--conntrack-tcp-timeout-close-wait=0",
  ];
}

/** Writes what the kubelet takes from a file only. */
export async function writeKubeletConfiguration(setting: NodeSetting): Promise<void> {
  await mkdir(nodeFile(setting, "pod-logs"), { recursive: true });
  await writeFile(nodeFile(setting, "kubelet.json"), JSON.stringify(configuration(setting)));
}

function configuration(setting: NodeSetting): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: { x509: { clientCAFile: pki(setting, "ca.crt") }, anonymous: { enabled: false } },
    authorization: { mode: "Webhook" },
    tlsCertFile: pki(setting, "kubelet.crt"),
    tlsPrivateKeyFile: pki(setting, "kubelet.key"),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    clusterDomain: "cluster.local",
    clusterDNS: [bridgeAddress],
    // Pods that take the node's own names would ask for them in a network where nobody answers.
    resolvConf: "",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${cgroupOf(setting.network)}`,
    podLogsDir: nodeFile(setting, "pod-logs"),
    failSwapOn: false,
    failCgroupV1: false,
    // Only those with the capability CAP_SYS_RESOURCE may have themselves spared when memory runs out.
    oomScoreAdj: 0,
    // A machine with a disk that is nearly full runs tests all the same.
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
    imageGCHighThresholdPercent: 100,
    // By default pods start at 5 a second.
    kubeAPIQPS: 1000,
    kubeAPIBurst: 1000,
  };
}
