import type { Connection } from "@temporalio/client";

/** What Temporal says of a task queue's activities. */
export interface TaskQueue {
  /** Identities of the workers that polled within the last 70 s: a poll lasts a minute. */
  readonly pollers: readonly string[];
  /** Activities that wait for a worker; approximate, as the server says. */
  readonly backlog: number;
  /** Milliseconds that the first of them has waited; 0 when none waits. */
  readonly oldest: number;
}

const pollerAge = 70_000;

/** Asks the server; temporal.api.enums.v1.TaskQueueType 2 is the activity queue. */
export async function describeTaskQueue(connection: Connection, namespace: string, name: string): Promise<TaskQueue> {
  const answer = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType: 2,
    reportStats: true,
  });
  const now = Date.now();
  const fresh = (answer.pollers ?? []).filter((poller) => {
    const seconds = Number(poller.lastAccessTime?.seconds ?? 0);
    return now - seconds * 1000 < pollerAge;
  });
  return {
    pollers: fresh.map((poller) => poller.identity ?? ""),
    backlog: Number(answer.stats?.approximateBacklogCount ?? 0),
    oldest: Number(answer.stats?.approximateBacklogAge?.seconds ?? 0) * 1000,
  };
}

/** The parts of a worker's identity, `algorithm@commit+version@host:pid`. */
export function parseIdentity(identity: string): { commit: string; version: string; pid: number } | undefined {
  const match = /^[^@]+@([^+@]+)\+([^@]+)@.*:(\d+)$/.exec(identity);
  return match?.[1] && match[2] ? { commit: match[1], version: match[2], pid: Number(match[3]) } : undefined;
}
