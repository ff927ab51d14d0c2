import { randomBytes } from "node:crypto";
import { z } from "zod";
import { messageOf } from "../../errors.ts";
import { run } from "../../tools/run.ts";
import { systemProgram } from "./machine.ts";
import { killIfThere } from "./processes.ts";

/** A network namespace of its own, joined to this machine by one cable. */
export interface Network {
  /** The namespace's name, as in `ip netns`. */
  readonly namespace: string;
  /** The end of the cable on this machine's side. */
  readonly device: string;
  /** This machine's address as the namespace sees it. */
  readonly hostAddress: string;
  /** The namespace's address as this machine sees it. */
  readonly address: string;
}

const most = 256;
const inside = "eth0";

/**
 * The network with a number. Its addresses are of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544).
 *
 * @param namespace A name that no other cluster has or will have, so that taking it away never hits another one.
 */
export function networkOf(index: number, namespace: string): Network {
  const device = `conduit-cl${index}`;
  return { namespace, device, hostAddress: `198.18.${index}.1`, address: `198.18.${index}.2` };
}

/**
 * Makes a network with the first addresses that are free. The name of the device tells which are taken, and only one network
 * can take it, so that several clusters may be made at once.
 *
 * @throws Error when none are free
 */
export async function createNetwork(): Promise<Network> {
  const namespace = `conduit-cluster-${randomBytes(4).toString("hex")}`;
  await ip("netns", "add", namespace);
  try {
    const used = await usedRanges();
    for (let index = 0; index < most; index++) {
      const network = networkOf(index, namespace);
      if (used.some((range) => holds(range, network.address)) || !(await takeDevice(network))) continue;
      await connect(network);
      return network;
    }
    throw new Error(`No network from 198.18.0.0/30 to 198.18.${most - 1}.0/30 is free.`);
  } catch (thrown) {
    await ip("netns", "delete", namespace);
    throw thrown;
  }
}

/** Takes a network away with all processes in it; nothing happens when it is gone already. */
export async function removeNetwork({ namespace }: Network): Promise<void> {
  if (!(await ip("netns", "list")).split("\n").some((line) => line.split(" ")[0] === namespace)) return;
  for (const pid of (await ip("netns", "pids", namespace)).split("\n").filter((line) => line !== "")) {
    killIfThere(Number(pid));
  }
  // Without the device, the addresses would stay taken until the system gets round to it.
  await ip("-n", namespace, "link", "delete", inside).catch(() => undefined);
  await ip("netns", "delete", namespace);
}

/** The command that runs another one in a network. */
export function inNetwork({ namespace }: Network, command: readonly string[]): string[] {
  return [ipProgram(), "netns", "exec", namespace, ...command];
}

async function takeDevice({ namespace, device }: Network): Promise<boolean> {
  try {
    await ip("link", "add", device, "type", "veth", "peer", "name", inside, "netns", namespace);
    return true;
  } catch (thrown) {
    if (messageOf(thrown).includes("File exists")) return false;
    throw thrown;
  }
}

async function connect({ namespace, device, hostAddress, address }: Network): Promise<void> {
  await ip("address", "add", `${hostAddress}/30`, "dev", device);
  await ip("link", "set", device, "up");
  await ip("-n", namespace, "link", "set", "lo", "up");
  await ip("-n", namespace, "address", "add", `${address}/30`, "dev", inside);
  await ip("-n", namespace, "link", "set", inside, "up");
  await ip("-n", namespace, "route", "add", "default", "via", hostAddress);
}

const routes = z.array(z.object({ dst: z.string() }));

async function usedRanges(): Promise<string[]> {
  const found = routes.parse(JSON.parse(await ip("-json", "-4", "route", "show", "table", "all")));
  return found.map(({ dst }) => dst).filter((range) => range !== "default");
}

/** Whether a range such as `198.18.0.0/16` holds an address. */
export function holds(range: string, address: string): boolean {
  const [first = "", bits = "32"] = range.split("/");
  const shift = 2 ** (32 - Number(bits));
  return Math.floor(toNumber(first) / shift) === Math.floor(toNumber(address) / shift);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function ipProgram(): string {
  return systemProgram("ip") ?? "ip";
}

/** Runs `ip`. */
export function ip(...args: string[]): Promise<string> {
  return run(ipProgram(), args);
}
