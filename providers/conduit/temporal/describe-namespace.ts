import type { Connection } from "@temporalio/client";
import { codeOf } from "../../../errors.ts";

type Described = Awaited<ReturnType<Connection["workflowService"]["describeNamespace"]>>;

/** gRPC's code for "not found". */
const NOT_FOUND = "5";

/** What the server says of a namespace; undefined when it does not know it. */
export async function describeNamespace(connection: Connection, namespace: string): Promise<Described | undefined> {
  try {
    return await connection.workflowService.describeNamespace({ namespace });
  } catch (thrown) {
    if (codeOf(thrown) === NOT_FOUND) return undefined;
    throw thrown;
  }
}
