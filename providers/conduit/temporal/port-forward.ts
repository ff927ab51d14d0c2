import net from "node:net";
import { Writable } from "node:stream";
import type { KubeConfig } from "@kubernetes/client-node";
import type { PortForward } from "../../../components/temporal-access.ts";
import { messageOf } from "../../../errors.ts";
import { loadKubeConfig } from "../../../tools/kube-client.ts";
import { canonical } from "../handler.ts";
import { readyPod } from "./ready-pod.ts";

/** This machine's end of a port-forward. */
export interface Forward {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Why the last connection that went through it failed, if it did. */
  readonly problem: () => string | undefined;
  /** Gives it back; it is closed when nobody uses it any more. */
  readonly close: () => Promise<void>;
}

interface Shared {
  users: number;
  readonly forward: Promise<Forward>;
}

/** The port-forwards of this process: whoever wants the same one shares it. */
export class PortForwards {
  readonly #open = new Map<string, Shared>();

  /**
   * Opens a way to the pods behind a Service, through the Kubernetes API. Each connection goes to a pod that is ready then,
   * so it survives a pod that goes away.
   *
   * @param seconds How long to wait for a pod that is ready. @default not at all
   * @throws UserError for a context, a Service or rights that are missing, and when no pod is ready
   */
  async open(wanted: PortForward, seconds = 0): Promise<Forward> {
    const key = canonical(wanted);
    const joined = this.#open.get(key);
    const shared = joined ?? this.#start(key, wanted, seconds);
    shared.users++;
    let isGivenBack = false;
    const giveBack = async () => {
      if (isGivenBack) return;
      isGivenBack = true;
      shared.users--;
      if (shared.users > 0) return;
      this.#forget(key, shared);
      await (await shared.forward).close();
    };
    try {
      const { port, problem } = await shared.forward;
      return { port, problem, close: giveBack };
    } catch (thrown) {
      // Who came first may have had less patience.
      if (joined && seconds > 0) return this.open(wanted, seconds);
      throw thrown;
    }
  }

  #start(key: string, wanted: PortForward, seconds: number): Shared {
    const shared: Shared = { users: 0, forward: listen(wanted, seconds) };
    this.#open.set(key, shared);
    shared.forward.catch(() => this.#forget(key, shared));
    return shared;
  }

  #forget(key: string, shared: Shared): void {
    if (this.#open.get(key) === shared) this.#open.delete(key);
  }
}

async function listen(wanted: PortForward, seconds: number): Promise<Forward> {
  const config = await loadKubeConfig(wanted);
  // What is wrong with the cluster is told now, and in words: a connection can only be cut.
  await readyPod(config, wanted, seconds);
  const sockets = new Set<net.Socket>();
  let problem: string | undefined;
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const fail = (reason: string) => {
      problem = reason;
      socket.destroy();
    };
    forward(config, wanted, socket, fail).then(
      () => {
        problem = undefined;
      },
      (thrown) => fail(messageOf(thrown)),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { port: address.port, problem: () => problem, close };
}

/** Carries one connection to a pod that is ready now. */
async function forward(
  config: KubeConfig,
  wanted: PortForward,
  socket: net.Socket,
  fail: (reason: string) => void,
): Promise<void> {
  const { PortForward } = await import("@kubernetes/client-node");
  const pod = await readyPod(config, wanted, 0);
  const told = new Writable({
    write: (chunk, _encoding, done) => {
      // The kubelet opens the stream with nothing in it.
      if (chunk.length > 0) fail(`The pod \`${pod.name}\`: ${String(chunk).trim()}`);
      done();
    },
  });
  const websocket = await new PortForward(config)
    .portForward(wanted.namespace, pod.name, [pod.port], socket, told, socket)
    .catch((thrown: unknown) => {
      throw new Error(refusal(wanted, pod.name, thrown));
    });
  if (typeof websocket === "function") throw new Error("Without retries there is one web socket.");
  websocket.addEventListener("close", () => socket.destroy());
  socket.once("close", () => websocket.close());
  if (socket.destroyed) websocket.close();
  // Held back until there was somewhere to send it.
  socket.resume();
}

/** The API answers a web socket with a number only. */
function refusal({ namespace }: PortForward, pod: string, thrown: unknown): string {
  // The web socket's error is an event.
  const isEvent = typeof thrown === "object" && thrown !== null && "message" in thrown;
  const said = isEvent ? String(thrown.message) : messageOf(thrown);
  if (/\b403\b/.test(said)) {
    return (
      `The Kubernetes API does not let a port-forward to the pod \`${pod}\` be opened. Give this user the verbs \`get\` and ` +
      `\`create\` on \`pods/portforward\` in the Kubernetes namespace \`${namespace}\`.`
    );
  }
  return `The Kubernetes API opened no port-forward to the pod \`${pod}\` in \`${namespace}\`: ${said}`;
}
