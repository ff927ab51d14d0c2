import path from "node:path";
import type { Setting } from "../control-plane.ts";
import type { NodePrograms } from "./programs.ts";

/** What a node's files and command lines depend on. */
export interface NodeSetting extends Setting {
  readonly node: NodePrograms;
}

export const nodeName = "node-0";

/** Where pods get their addresses; the bridge that joins them has the first one, at which names are resolved too. */
export const podRange = "10.244.0.0/24";
export const bridgeAddress = "10.244.0.1";
export const bridge = "cni0";

/** A file of the node's own in the cluster's folder. */
export function nodeFile({ folder }: Pick<Setting, "folder">, name: string): string {
  return path.join(folder, "node", name);
}

/** The folder in which containerd looks for where a registry is, each time that it pulls from it. */
export function registriesOf({ folder }: Pick<Setting, "folder">): string {
  return nodeFile({ folder }, "registries");
}

/** Where containerd listens: within the node's own `/run`. */
export const containerdSocket = "/run/containerd/containerd.sock";
