import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { WorkflowHandle } from "@temporalio/client";
import { pythonWithTemporal } from "../../support/python.ts";
import { openTemporal } from "./open-temporal.ts";
import type { RealStack } from "./real-stack.ts";

/** A workflow engineer at a desk: a worker of workflows, which gets to Temporal by `./conduit connect`. */
export interface Engineer {
  /** Starts a workflow of `engineer.py`. */
  readonly start: (workflow: string, ...args: unknown[]) => Promise<WorkflowHandle>;
  readonly close: () => Promise<void>;
}

/** One activity, as the history of its workflow tells it. */
export interface ActivityFacts {
  /** `<algorithm>@<commit>+<version>@<host>` of the worker that ended it. */
  readonly identity: string;
  /** Of the attempt that ended it. */
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

/** Opens the way to the namespace `speech` and starts the worker. */
export async function startEngineer({ project }: RealStack): Promise<Engineer> {
  const { address, client, close } = await openTemporal(project, "dev");
  const script = fileURLToPath(new URL("engineer.py", import.meta.url));
  const worker = spawn(await pythonWithTemporal(), [script], {
    env: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: "speech" },
    stdio: "ignore",
  });
  const ended = once(worker, "exit");
  let count = 0;
  return {
    start: (workflow, ...args) =>
      client.workflow.start(workflow, { workflowId: `${workflow}-${count++}`, taskQueue: "workflows", args }),
    close: async () => {
      worker.kill("SIGKILL");
      await ended;
      await close();
    },
  };
}

/** The activities of a workflow that is over. */
export async function activitiesOf(handle: WorkflowHandle): Promise<ActivityFacts[]> {
  const { events } = await handle.fetchHistory();
  const all = events ?? [];
  const started = new Map(all.map((event) => [String(event.eventId), event.activityTaskStartedEventAttributes]));
  return all.flatMap(({ activityTaskCompletedEventAttributes: completed, eventTime }) => {
    if (!completed) return [];
    const { identity, attempt } = started.get(String(completed.startedEventId)) ?? {};
    const endedAt = Number(eventTime?.seconds) * 1000 + Number(eventTime?.nanos) / 1e6;
    return [{ identity: identity ?? "", attempt: attempt ?? 0, endedAt }];
  });
}
