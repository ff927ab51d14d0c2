import { randomInt } from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import net from "node:net";
import { codeOf } from "../../errors.ts";

/** Below those that systems hand out by themselves: nobody gets one by chance before it is used, or between two uses. */
const [first, end] = [10_000, 32_768];

/** Free ports of this machine, all different; they stay those of this process until it ends. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(first, end);
    if ((await isClaimed(port)) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

/** The UDP port of the same number, which nothing here needs, tells other tests that the port is taken. */
async function isClaimed(port: number): Promise<boolean> {
  const socket = dgram.createSocket("udp4").unref();
  socket.bind({ port, address: "127.0.0.1", exclusive: true });
  return await isOpen(socket);
}

async function isFree(port: number): Promise<boolean> {
  const server = net.createServer().listen(port, "127.0.0.1");
  if (!(await isOpen(server))) return false;
  await once(server.close(), "close");
  return true;
}

async function isOpen(listener: dgram.Socket | net.Server): Promise<boolean> {
  try {
    await once(listener, "listening");
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EADDRINUSE") return false;
    throw thrown;
  }
}
