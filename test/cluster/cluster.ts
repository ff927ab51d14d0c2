import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { type ComponentName, componentNames } from "./control-plane.ts";
import { releaseNodes } from "./furnish.ts";
import { nodesServer, type PortForward, writeKwokConfiguration } from "./kwok.ts";
import { removeNetwork } from "./network.ts";
import { removeCgroups } from "./node/cgroups.ts";
import { killSpace } from "./node/space.ts";
import { killProcess, lastLines, runs, type StartedProcess, startProcess } from "./processes.ts";
import { isReady } from "./ready.ts";
import { type ClusterRecord, readRecord, writeRecord } from "./record.ts";

/** A running cluster. */
export interface Cluster {
  /** The path of a kubeconfig file for an administrator. */
  readonly kubeconfig: string;
  /** Where the API server answers, as `https://198.18.0.2:6443`. */
  readonly address: string;
  /** This machine's address as the cluster and its real pods see it. */
  readonly hostAddress: string;
  /** Holds the record, keys, data and a log for each process. */
  readonly folder: string;
  /** Ends its processes and removes its network and its folder. May be called again. */
  stop(): Promise<void>;
  readonly apiServer: {
    /** Kills the API server at once, as a crash would; etcd and the others go on. */
    stop(): Promise<void>;
    /** Starts it again, at the same address and on the same data, and waits until it is ready. */
    start(): Promise<void>;
  };
  /**
   * Which ports of played pods are forwarded, from now on; those that were forwarded before are forgotten.
   *
   * @throws Error in a cluster with a real node, whose pods answer themselves
   */
  forwardPorts(portForwards: readonly PortForward[]): Promise<void>;
}

const readyMilliseconds = 120_000;
const pollMilliseconds = 50;

/** The cluster of a folder whose record says that it is there. */
export function clusterOf(folder: string, record: ClusterRecord): Cluster {
  return {
    kubeconfig: path.join(folder, "kubeconfig"),
    address: addressOf(record),
    hostAddress: record.network.hostAddress,
    folder,
    stop: () => stopCluster(folder),
    apiServer: {
      stop: () => killComponent(folder, "kube-apiserver"),
      start: async () => {
        await startComponent(folder, "kube-apiserver");
        await untilApiAnswers(folder);
      },
    },
    forwardPorts: async (portForwards) => {
      if (record.commands.kwok === undefined) {
        throw new Error(
          "A real node's pods answer at their ports themselves: only those of played pods can be forwarded.",
        );
      }
      await writeKwokConfiguration(folder, portForwards);
      await killComponent(folder, "kwok");
      await releaseNodes(path.join(folder, "kubeconfig"));
      await startComponent(folder, "kwok");
      await untilNodesAnswer(folder);
    },
  };
}

export function addressOf({ network }: ClusterRecord): string {
  return `https://${network.address}:6443`;
}

export function logOf(folder: string, name: ComponentName): string {
  return path.join(folder, `${name}.log`);
}

/** Starts one of a cluster's processes by the command in the record, unless it runs. */
export async function startComponent(folder: string, name: ComponentName): Promise<void> {
  const record = await recordOf(folder);
  const [command, known] = [record.commands[name], record.processes[name]];
  if (command === undefined || (known !== undefined && (await runs(known)))) return;
  const started = await startProcess(command, folder, logOf(folder, name));
  await writeRecord(folder, { ...record, processes: { ...record.processes, [name]: started } });
}

/** Adds to a cluster's record how processes are started. */
export async function addCommands(folder: string, commands: ClusterRecord["commands"]): Promise<void> {
  const record = await recordOf(folder);
  await writeRecord(folder, { ...record, commands: { ...record.commands, ...commands } });
}

/** One of a cluster's processes, once it was started. */
export async function processOf(folder: string, name: ComponentName): Promise<StartedProcess> {
  const started = (await recordOf(folder)).processes[name];
  if (started === undefined) throw new Error(`\`${name}\` of the cluster in \`${folder}\` was not started.`);
  return started;
}

async function killComponent(folder: string, name: ComponentName): Promise<void> {
  const started = (await recordOf(folder)).processes[name];
  if (started !== undefined) await killProcess(started);
}

/** Those of a cluster's processes that should run but do not. */
export async function deadComponents(record: ClusterRecord): Promise<ComponentName[]> {
  const names = componentNames.filter((name) => record.commands[name] !== undefined);
  const alive = await Promise.all(
    names.map(async (name) => {
      const started = record.processes[name];
      return started !== undefined && (await runs(started));
    }),
  );
  return names.filter((_, index) => !alive[index]);
}

/** Waits until the API server says that it is ready. */
export async function untilApiAnswers(folder: string): Promise<void> {
  const address = `${addressOf(await recordOf(folder))}/readyz`;
  await until(folder, ["etcd", "kube-apiserver"], async () => isReady(address, await authorityOf(folder)));
}

/** Waits until the nodes' server answers, which forwards ports and has logs. */
export async function untilNodesAnswer(folder: string): Promise<void> {
  const address = `https://${nodesServer((await recordOf(folder)).commands.kwok ?? [])}/healthz`;
  await until(folder, ["kwok"], async () => isReady(address, await authorityOf(folder)));
}

function authorityOf(folder: string): Promise<string> {
  return readFile(path.join(folder, "pki", "ca.crt"), "utf8");
}

/**
 * Waits for a state.
 *
 * @param needed The processes that must run for it.
 * @throws Error with the end of the log of a process that has ended, or of the last of those needed after 2 minutes
 */
export async function until(
  folder: string,
  needed: readonly ComponentName[],
  isSo: () => Promise<boolean>,
): Promise<void> {
  const end = Date.now() + readyMilliseconds;
  while (!(await isSo())) {
    const dead = (await deadComponents(await recordOf(folder))).find((name) => needed.includes(name));
    const late = Date.now() > end ? needed.at(-1) : undefined;
    const guilty = dead ?? late;
    if (guilty !== undefined) {
      const what = dead === undefined ? "is not ready after 2 minutes" : "has ended";
      throw new Error(`\`${guilty}\` ${what}. The end of its log:\n${await lastLines(logOf(folder, guilty))}`);
    }
    await sleep(pollMilliseconds);
  }
}

/** Takes down the cluster of a folder, however much of it is there; nothing happens when there is none. */
export async function stopCluster(folder: string): Promise<void> {
  const record = await readRecord(folder);
  if (record === undefined) return;
  if (record.processes.node !== undefined) await killSpace(record.processes.node);
  for (const name of componentNames.toReversed()) {
    const started = record.processes[name];
    if (started !== undefined) await killProcess(started);
  }
  await removeNetwork(record.network);
  await removeCgroups(record.network);
  await rm(folder, { recursive: true, force: true });
}

async function recordOf(folder: string): Promise<ClusterRecord> {
  const record = await readRecord(folder);
  if (record === undefined) throw new UserError(`No cluster was started in \`${folder}\`, or it was taken down.`);
  return record;
}
