import { z } from "zod";
import { run } from "../../tools/run.ts";
import { systemProgram } from "./machine.ts";

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

/** The network with a number. Its addresses are of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544). */
export function networkOf(index: number): Network {
  const [namespace, device] = [`conduit-cluster-${index}`, `conduit-cl${index}`];
  return { namespace, device, hostAddress: `198.18.${index}.1`, address: `198.18.${index}.2` };
}

/**
 * Makes the first network that is free. The name of the namespace is what is taken first, and only one can take it, so that
 * several clusters may be made at once.
 *
 * @throws Error when none is free
 */
export async function createNetwork(): Promise<Network> {
  const used = await usedRanges();
  for (let index = 0; index < most; index++) {
    const network = networkOf(index);
    if (used.some((range) => holds(range, network.address))) continue;
    if (!(await takeNamespace(network.namespace))) continue;
    try {
      await connect(network);
      return network;
    } catch (thrown) {
      await removeNetwork(network);
      throw thrown;
    }
  }
  throw new Error(`No network from \`${networkOf(0).namespace}\` to \`${networkOf(most - 1).namespace}\` is free.`);
}

/** Takes a network away, however much of it is there. Its processes must have ended before. */
export async function removeNetwork({ namespace, device }: Network): Promise<void> {
  await ip("link", "delete", device).catch(isGone(/Cannot find device/));
  await ip("netns", "delete", namespace).catch(isGone(/No such file or directory/));
}

/** The command that runs another one in a network. */
export function inNetwork({ namespace }: Network, command: readonly string[]): string[] {
  return [ipProgram(), "netns", "exec", namespace, ...command];
}

async function takeNamespace(name: string): Promise<boolean> {
  try {
    await ip("netns", "add", name);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && /File exists/.test(thrown.message)) return false;
    throw thrown;
  }
}

async function connect({ namespace, device, hostAddress, address }: Network): Promise<void> {
  const inside = ["-n", namespace];
  await ip("link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  await ip("address", "add", `${hostAddress}/30`, "dev", device);
  await ip("link", "set", device, "up");
  await ip(...inside, "link", "set", "lo", "up");
  await ip(...inside, "address", "add", `${address}/30`, "dev", "eth0");
  await ip(...inside, "link", "set", "eth0", "up");
  await ip(...inside, "route", "add", "default", "via", hostAddress);
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

function ip(...args: string[]): Promise<string> {
  return run(ipProgram(), args);
}

function isGone(expected: RegExp): (thrown: unknown) => void {
  return (thrown) => {
    if (!(thrown instanceof Error && expected.test(thrown.message))) throw thrown;
  };
}
