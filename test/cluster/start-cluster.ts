import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { codeOf, messageOf, UserError } from "../../errors.ts";
import { freePorts } from "../support/ports.ts";
import { folderPrefix } from "./abandoned.ts";
import { type Holder, kubeconfig, makeCertificates } from "./certificates.ts";
import {
  addCommands,
  type Cluster,
  clusterOf,
  startComponent,
  stopCluster,
  until,
  untilApiAnswers,
  untilNodesAnswer,
} from "./cluster.ts";
import { commandOf, controlPlane, controlPlaneNames, kubeconfigOf, type Setting } from "./control-plane.ts";
import { addPlayedNodes, applyDefinitions, furnish, isFurnished, playedNodes } from "./furnish.ts";
import { kwok, type PortForward, writeKwokConfiguration } from "./kwok.ts";
import { requireMachine } from "./machine.ts";
import { createNetwork } from "./network.ts";
import { nodePrograms } from "./node/programs.ts";
import { nodeNeeds, nodeUsers, startNode } from "./node/start-node.ts";
import { thisProcess } from "./processes.ts";
import { clusterPrograms } from "./programs.ts";
import { readRecord, writeRecord } from "./record.ts";

/** What a test cluster is to be. */
export type ClusterOptions = PlayedClusterOptions | RealClusterOptions;

interface AnyClusterOptions {
  /**
   * Absolute; made when it is not there. A cluster in a folder that is named stays until it is taken down; another one is
   * taken down by later tests when this process has ended without doing so.
   *
   * @default a new folder below the temporary files
   */
  readonly folder?: string;
  /** Whether the custom resource definitions of KEDA and of the Prometheus operator are applied. @default true */
  readonly crds?: boolean;
  /** Told one line at a time what takes minutes. @default nobody */
  readonly onProgress?: (line: string) => void;
}

interface PlayedClusterOptions extends AnyClusterOptions {
  readonly node?: false;
  /** Ports of played pods behind which real servers of this machine answer, for what forwards ports through the API. */
  readonly portForwards?: readonly PortForward[];
}

interface RealClusterOptions extends AnyClusterOptions {
  /**
   * Whether pods are run: on one real node, by kubelet, containerd and kube-proxy, with names by CoreDNS. Such a cluster has
   * the image `baseImage`, and those that `importImages` gives it.
   *
   * @default false: kwok plays two nodes
   */
  readonly node: boolean;
  /** Real pods answer at their ports themselves. */
  readonly portForwards?: never;
}

/**
 * Starts a Kubernetes control plane with two nodes that kwok plays (see `pod-stages.ts` for what becomes of pods) or a real
 * one, in a network namespace of its own, and waits until nodes and controllers are ready. Several may run at once.
 *
 * @example const cluster = await startCluster({ portForwards: [{ port: 7233, address: "127.0.0.1:7233" }] });
 * @throws UserError on a machine that cannot run one, or when the folder is in use
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const onProgress = options.onProgress ?? (() => undefined);
  requireMachine(options.node ? nodeNeeds : []);
  const programs = await clusterPrograms(onProgress);
  const node = options.node ? await nodePrograms(onProgress) : undefined;
  const folder = options.folder ?? (await mkdtemp(path.join(tmpdir(), folderPrefix)));
  await claim(folder);
  const network = await createNetwork();
  const setting: Setting = { folder, network, programs };
  try {
    const owner = options.folder === undefined ? await thisProcess() : undefined;
    await writeRecord(folder, { network, complete: false, commands: {}, processes: {}, owner });
    await makeFiles(setting, options.node ? nodeUsers(network) : []);
    await startControlPlane(setting, options.crds ?? true);
    if (node === undefined) await startPlayedNodes(setting, options.portForwards ?? []);
    else await startNode({ ...setting, node });
  } catch (thrown) {
    await stopCluster(folder);
    throw new Error(`The test cluster did not start. ${messageOf(thrown)}`, { cause: thrown });
  }
  const record = await readRecord(folder);
  if (record === undefined) throw new Error(`The record of the cluster in \`${folder}\` is gone.`);
  await writeRecord(folder, { ...record, complete: true });
  return clusterOf(folder, record);
}

/** Of two that want a folder at once, one gets it. */
async function claim(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isEmpty = (await readdir(folder)).length === 0;
  if (isEmpty && (await mkdir(keysOf(folder), { mode: 0o700 }).then(() => true, isThere))) return;
  const what = `\`${folder}\` is not empty, so no cluster can be started in it.`;
  throw new UserError(`${what} Take down the cluster that is in it or remove it, or name another folder.`);
}

function isThere(thrown: unknown): false {
  if (codeOf(thrown) !== "EEXIST") throw thrown;
  return false;
}

function keysOf(folder: string): string {
  return path.join(folder, "pki");
}

async function makeFiles(setting: Setting, more: readonly Holder[]): Promise<void> {
  const { folder, network } = setting;
  const keys = keysOf(folder);
  await makeCertificates(keys, network.address, network.hostAddress, more);
  const others = more.map(({ name }) => name);
  for (const user of ["kube-controller-manager", "kube-scheduler", "kwok", "admin", ...others]) {
    const file = user === "admin" ? path.join(folder, "kubeconfig") : kubeconfigOf(setting, user);
    await writeFile(file, await kubeconfig(keys, user, network.address), { mode: 0o600 });
  }
}

async function startControlPlane(setting: Setting, crds: boolean): Promise<void> {
  const { folder, network, programs } = setting;
  const components = Object.entries(controlPlane(setting));
  await addCommands(folder, Object.fromEntries(components.map(([name, it]) => [name, commandOf(it, network)])));
  await startComponent(folder, "etcd");
  await startComponent(folder, "kube-apiserver");
  await untilApiAnswers(folder);
  for (const name of ["kube-controller-manager", "kube-scheduler"] as const) await startComponent(folder, name);
  const file = path.join(folder, "kubeconfig");
  await furnish(file);
  if (crds) await applyDefinitions(file, programs.definitions);
}

async function startPlayedNodes(setting: Setting, portForwards: readonly PortForward[]): Promise<void> {
  const { folder, network } = setting;
  const [port = 0] = await freePorts(1);
  await writeKwokConfiguration(folder, portForwards);
  await addCommands(folder, { kwok: commandOf(kwok(setting, port), network) });
  await startComponent(folder, "kwok");
  const file = path.join(folder, "kubeconfig");
  await addPlayedNodes(file);
  await until(folder, [...controlPlaneNames, "kwok"], () => isFurnished(file, playedNodes.length));
  await untilNodesAnswer(folder);
}
