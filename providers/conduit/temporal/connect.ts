import type { Connection, ConnectionOptions } from "@temporalio/client";
import type { TemporalTarget } from "../../../components/temporal-access.ts";
import { explainFailure } from "./explain-failure.ts";
import { type Reached, type ReachOptions, reach } from "./reach.ts";

/** How to connect. */
export interface ConnectOptions extends ReachOptions {
  /** How long the connection may take to stand. */
  readonly milliseconds: number;
}

/** A connection to Temporal, with the way to it. */
export interface Connected {
  readonly connection: Connection;
  readonly reached: Reached;
  readonly close: () => Promise<void>;
}

/**
 * Connects to Temporal: by its address, or through a port-forward, with TLS and credentials where the target asks for
 * them. The client is loaded only now: most runs change neither server nor namespaces, and loading it takes longer than
 * comparing them.
 *
 * @throws UserError when it cannot be reached, or refuses, with what mends it
 */
export async function connectTo(target: TemporalTarget, options: ConnectOptions): Promise<Connected> {
  const reached = await reach(target, options);
  try {
    const { Connection } = await import("@temporalio/client");
    const connection = Connection.lazy(connectionOptions(reached, options.milliseconds));
    const close = async () => {
      await connection.close();
      await reached.close();
    };
    await connection.ensureConnected().catch(async (thrown) => {
      await connection.close();
      throw await explainFailure(thrown, target, reached);
    });
    return { connection, reached, close };
  } catch (thrown) {
    await reached.close();
    throw thrown;
  }
}

/** Connects to Temporal as `connectTo` does, and closes the connection when the action is over. */
export async function withConnection<T>(
  target: TemporalTarget,
  options: ConnectOptions,
  action: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { connection, close } = await connectTo(target, options);
  try {
    return await action(connection);
  } finally {
    await close();
  }
}

function connectionOptions({ dial, tls, credentials, metadata }: Reached, connectTimeout: number): ConnectionOptions {
  const { apiKey, certificate, authority } = credentials;
  return {
    address: dial,
    connectTimeout,
    metadata,
    ...(apiKey && { apiKey: apiKey.value }),
    ...(tls && {
      tls: {
        ...(tls.isOverridden && { serverNameOverride: tls.serverName }),
        ...(authority && { serverRootCACertificate: authority }),
        ...(certificate && { clientCertPair: { crt: certificate.pem, key: certificate.key } }),
      },
    }),
  };
}
