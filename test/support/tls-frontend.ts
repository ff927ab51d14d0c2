import { readFile } from "node:fs/promises";
import net from "node:net";
import tls from "node:tls";
import type { Certificate } from "./certificate.ts";

/** A server that takes connections on 127.0.0.1. */
export interface Frontend {
  readonly address: string;
  readonly close: () => Promise<void>;
}

/**
 * TLS in front of a server that speaks none, as a proxy before Temporal does it.
 *
 * @param behind `host:port` of the server.
 * @param certificate The frontend's own.
 * @param clients PEM file of the authority that signs the clients' certificates. @default none is asked for
 */
export async function startTlsFrontend(behind: string, certificate: Certificate, clients?: string): Promise<Frontend> {
  const [host, port] = behind.split(":");
  const server = tls.createServer(
    {
      key: await readFile(certificate.key),
      cert: await readFile(certificate.certificate),
      ALPNProtocols: ["h2"],
      ...(clients !== undefined && { ca: await readFile(clients), requestCert: true, rejectUnauthorized: true }),
    },
    (socket) => {
      const inner = net.connect({ host, port: Number(port) });
      for (const [one, other] of [
        [socket, inner],
        [inner, socket],
      ] as const) {
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
      }
    },
  );
  return listen(server);
}

/** Starts to listen on a free port; closing it cuts all connections. */
export async function listen(server: net.Server): Promise<Frontend> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { address: `127.0.0.1:${address.port}`, close };
}
