import type { Connection } from "@temporalio/client";
import { describeTaskQueue } from "../providers/conduit/temporal/task-queue.ts";

/** A namespace where activities wait on a task queue. */
export interface QueueElsewhere {
  readonly namespace: string;
  readonly backlog: number;
}

/** Namespaces but `own` where activities wait on a task queue of this name: somebody calls it from the wrong one. */
export async function queuesElsewhere(connection: Connection, own: string, name: string): Promise<QueueElsewhere[]> {
  // A server of many teams tells nobody of all its namespaces.
  const { namespaces } = await connection.workflowService
    .listNamespaces({ pageSize: 200 })
    .catch((): { namespaces?: undefined } => ({}));
  const others = (namespaces ?? []).flatMap(({ namespaceInfo }) => namespaceInfo?.name ?? []);
  const queues = others
    .filter((namespace) => namespace !== own && namespace !== "temporal-system")
    .map(async (namespace) => {
      const { backlog } = await describeTaskQueue(connection, namespace, name).catch(() => ({ backlog: 0 }));
      return { namespace, backlog };
    });
  return (await Promise.all(queues)).filter(({ backlog }) => backlog > 0);
}
