import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "smol-toml";
import { baseImage } from "./base-image.ts";
import { bridge, containerdSocket, type NodeSetting, nodeFile, podRange, registriesOf } from "./setting.ts";

/** containerd's own command. */
export function containerdCommand(setting: NodeSetting): string[] {
  return [path.join(setting.node.containerd, "containerd"), "--config", nodeFile(setting, "containerd.toml")];
}

/** Writes how containerd runs containers and joins pods to the bridge. */
export async function writeContainerdConfiguration(setting: NodeSetting): Promise<void> {
  const networks = nodeFile(setting, "networks");
  await mkdir(networks, { recursive: true });
  await writeFile(path.join(networks, "pods.conflist"), JSON.stringify(podNetwork(setting)));
  await writeFile(nodeFile(setting, "containerd.toml"), stringify(configuration(setting, networks)));
}

function configuration(setting: NodeSetting, networks: string): object {
  const runc = { runtime_type: "io.containerd.runc.v2", options: { BinaryName: setting.node.runc } };
  return {
    version: 2,
    root: nodeFile(setting, "containerd"),
    state: path.dirname(containerdSocket),
    grpc: { address: containerdSocket },
    plugins: {
      "io.containerd.grpc.v1.cri": {
        sandbox_image: baseImage,
        // A process without the capability CAP_SYS_RESOURCE may not make the system spare a pod's first container.
        restrict_oom_score_adj: true,
        containerd: { runtimes: { runc } },
        cni: { bin_dir: setting.node.plugins, conf_dir: networks },
        registry: { config_path: registriesOf(setting) },
      },
    },
  };
}

function podNetwork(setting: NodeSetting): object {
  const addresses = {
    type: "host-local",
    ranges: [[{ subnet: podRange, registriesOf }]],
    dataDir: nodeFile(setting, "addresses"),
  };
  const ipam = { ...addresses, routes: [{ dst: "0.0.0.0/0" }] };
  // Pods reach their own Services, and this machine sees the node's address only.
  const joined = { type: "bridge", bridge, isGateway: true, ipMasq: true, hairpinMode: true, ipam };
  return { cniVersion: "0.4.0", name: "pods", plugins: [joined] };
}
