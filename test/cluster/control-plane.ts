import path from "node:path";
import { inNetwork, type Network } from "./network.ts";
import type { Programs } from "./programs.ts";

/** The processes of every cluster. */
export const controlPlaneNames = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;

/** The processes that a cluster may have, in the order in which they are started; `node` holds those behind it together. */
export const componentNames = [
  ...controlPlaneNames,
  "kwok",
  "node",
  "containerd",
  "coredns",
  "kubelet",
  "kube-proxy",
] as const;
export type ComponentName = (typeof componentNames)[number];

/** What the command lines of a cluster's processes depend on. */
export interface Setting {
  /** The cluster's folder. Absolute. */
  readonly folder: string;
  readonly network: Network;
  readonly programs: Programs;
}

/** One process: its command, and whether it runs in the cluster's network or in the machine's own. */
export interface Component {
  readonly command: readonly string[];
  readonly place: "in the network" | "on the host";
}

/** The whole command that starts a process from this machine's own network. */
export function commandOf({ command, place }: Component, network: Network): string[] {
  return place === "on the host" ? [...command] : inNetwork(network, command);
}

/** The processes of the control plane. */
export function controlPlane(setting: Setting): Record<(typeof controlPlaneNames)[number], Component> {
  const { kubernetes, etcd } = setting.programs;
  const within = (...command: string[]): Component => ({ command, place: "in the network" });
  return {
    etcd: within(etcd, ...etcdFlags(setting)),
    "kube-apiserver": within(kubernetes, "kube-apiserver", ...apiServerFlags(setting)),
    "kube-controller-manager": within(
      ...[...ownVolumes(setting), kubernetes, "kube-controller-manager"],
      ...controllerManagerFlags(setting),
    ),
    "kube-scheduler": within(kubernetes, "kube-scheduler", ...schedulerFlags(setting)),
  };
}

/** The file of a key or certificate. */
export function pki({ folder }: Pick<Setting, "folder">, file: string): string {
  return path.join(folder, "pki", file);
}

/** The kubeconfig of one of the cluster's own users. */
export function kubeconfigOf({ folder }: Pick<Setting, "folder">, user: string): string {
  return path.join(folder, `${user}.kubeconfig`);
}

/** The controller manager makes the volumes that are claimed as folders of a fixed place, which no other cluster may see. */
const volumesScript = 'mkdir -p "$1" /tmp/hostpath_pv && mount --bind "$1" /tmp/hostpath_pv && shift && exec "$@"';

function ownVolumes(setting: Setting): string[] {
  return ["sh", "-c", volumesScript, "sh", volumesOf(setting)];
}

/** Where the volumes of a cluster are. */
export function volumesOf({ folder }: Pick<Setting, "folder">): string {
  return path.join(folder, "volumes");
}

function etcdFlags({ folder }: Setting): string[] {
  return [
    `--data-dir=${path.join(folder, "etcd")}`,
    "--listen-client-urls=http://127.0.0.1:2379",
    "--advertise-client-urls=http://127.0.0.1:2379",
    "--listen-peer-urls=http://127.0.0.1:2380",
    // What a cluster for tests holds need not outlive the machine, and waiting for the disk is most of etcd's time.
    "--unsafe-no-fsync",
  ];
}

function apiServerFlags(setting: Setting): string[] {
  const { address } = setting.network;
  const file = (name: string) => pki(setting, name);
  return [
    "--etcd-servers=http://127.0.0.1:2379",
    "--bind-address=0.0.0.0",
    `--advertise-address=${address}`,
    "--secure-port=6443",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=Node,RBAC",
    "--allow-privileged=true",
    `--client-ca-file=${file("ca.crt")}`,
    `--tls-cert-file=${file("kube-apiserver.crt")}`,
    `--tls-private-key-file=${file("kube-apiserver.key")}`,
    `--service-account-issuer=https://kubernetes.default.svc`,
    `--service-account-key-file=${file("service-accounts.key")}`,
    `--service-account-signing-key-file=${file("service-accounts.key")}`,
    `--kubelet-certificate-authority=${file("ca.crt")}`,
    `--kubelet-client-certificate=${file("kubelet-client.crt")}`,
    `--kubelet-client-key=${file("kubelet-client.key")}`,
    "--kubelet-preferred-address-types=InternalIP",
    // Debian's etcd cannot tell how far a watch is, and clients that are promised such watches would wait for them forever.
    "--feature-gates=WatchList=false",
    // For aggregated APIs. Added later, the API server would keep connections that do not carry them.
    `--requestheader-client-ca-file=${file("front-proxy-ca.crt")}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${file("front-proxy-client.crt")}`,
    `--proxy-client-key-file=${file("front-proxy-client.key")}`,
  ];
}

function controllerManagerFlags(setting: Setting): string[] {
  const file = (name: string) => pki(setting, name);
  return [
    ...clientFlags(setting, "kube-controller-manager"),
    "--use-service-account-credentials=true",
    `--root-ca-file=${file("ca.crt")}`,
    `--service-account-private-key-file=${file("service-accounts.key")}`,
    `--cluster-signing-cert-file=${file("ca.crt")}`,
    `--cluster-signing-key-file=${file("ca.key")}`,
    "--enable-hostpath-provisioner=true",
  ];
}

function schedulerFlags(setting: Setting): string[] {
  return [
    ...clientFlags(setting, "kube-scheduler"),
    // A pod that is tried again the moment its claim is bound can still find it unbound, in a cache that is behind; it would
    // then wait for 5 minutes. So it is tried again a second later, as before Kubernetes 1.33.
    "--feature-gates=SchedulerPopFromBackoffQ=false",
  ];
}

function clientFlags(setting: Setting, user: string): string[] {
  const kubeconfig = kubeconfigOf(setting, user);
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    "--bind-address=127.0.0.1",
    "--leader-elect=false",
    // By default 20 requests a second, at which a thousand Deployments take minutes to have pods.
    "--kube-api-qps=1000",
    "--kube-api-burst=1000",
  ];
}
