import { client } from "./client.ts";
import type { Configuration } from "./configuration.ts";
import type { Connection } from "./connection.ts";
import { discovery } from "./discovery.ts";
import { type Objects, objectsOf } from "./objects.ts";

/** What every operation on an object works with. */
export interface Cluster {
  readonly objects: Objects;
  readonly configuration: Configuration;
  /** Aborted when the engine cancels the run. */
  readonly signal: AbortSignal;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** Tells the person who runs the engine what is being waited for. */
  readonly tell: (urn: string, what: string) => void;
}

/** The cluster behind a connection. */
export function clusterOf(
  connection: Connection,
  configuration: Configuration,
  signal: AbortSignal,
  tell: Cluster["tell"],
): Cluster {
  const send = client(connection, signal);
  const objects = objectsOf(send, discovery(send), connection.namespace);
  return { objects, configuration, signal, namespace: connection.namespace, tell };
}
