import net from "node:net";

/** Where a server listens. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Something that hands connections on. */
export interface Relay {
  /** Ends it and all connections through it. */
  readonly close: () => Promise<void>;
}

/** Listens at one place and hands every connection on to another. */
export async function startRelay(at: Place, to: Place): Promise<Relay> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((inner) => {
    const outer = net.connect(to.port, to.address);
    for (const [socket, other] of [[inner, outer] as const, [outer, inner] as const]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve, reject) => server.on("error", reject).listen(at.port, at.address, resolve));
  const close = async () => {
    const ended = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  return { close };
}
