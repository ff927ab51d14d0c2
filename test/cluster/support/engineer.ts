import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client, Connection, type WorkflowHandle } from "@temporalio/client";
import { pythonWithTemporal } from "../../support/python.ts";
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
  const way = project.start("connect", "speech", "--stack", "dev", "--json");
  const variables = await variablesOf(way.child);
  const script = fileURLToPath(new URL("engineer.py", import.meta.url));
  const worker = spawn(await pythonWithTemporal(), [script], {
    env: { ...process.env, ...variables },
    stdio: "ignore",
  });
  const connection = await Connection.connect({ address: variables.TEMPORAL_ADDRESS ?? "" });
  const client = new Client({ connection, namespace: "speech" });
  let count = 0;
  return {
    start: (workflow, ...args) =>
      client.workflow.start(workflow, { workflowId: `${workflow}-${count++}`, taskQueue: "workflows", args }),
    close: async () => {
      await connection.close();
      await end(worker, "SIGKILL");
      await end(way.child, "SIGTERM");
    },
  };
}

/** What `connect` prints before it waits. */
async function variablesOf({ stdout }: ChildProcess): Promise<Record<string, string>> {
  if (stdout === null) throw new Error("The output of `./conduit connect` is not read.");
  const lines: string[] = [];
  for await (const line of createInterface(stdout)) {
    lines.push(line);
    if (line === "}") return JSON.parse(lines.join("\n")).variables;
  }
  throw new Error(`\`./conduit connect\` ended before it was through: ${lines.join("\n")}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
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
