import type { Connection } from "@temporalio/client";

/**
 * Connects to Temporal, and closes the connection when the action is over. The client is loaded only now: most runs change
 * neither server nor namespaces, and loading it takes longer than comparing them.
 *
 * @param milliseconds How long the connection may take to stand.
 */
export async function withConnection<T>(
  address: string,
  milliseconds: number,
  action: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { Connection } = await import("@temporalio/client");
  const connection = await Connection.connect({ address, connectTimeout: milliseconds });
  try {
    return await action(connection);
  } finally {
    await connection.close();
  }
}
