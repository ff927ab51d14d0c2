import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection, type WorkflowHandle } from "@temporalio/client";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { pyproject } from "./algorithms.ts";
import type { Project } from "./project.ts";
import { pythonWithTemporal } from "./python.ts";

/** An algorithm whose activity runs until there is a file, then answers its version. */
export function holding(version: string): Record<string, string> {
  return {
    "algorithm.py": `import os
import time

from temporalio import activity


@activity.defn
def hold(gate: str) -> str:
    while not os.path.exists(gate):
        time.sleep(0.05)
    return ${JSON.stringify(version)}
`,
    "pyproject.toml": pyproject('[tool.conduit]\nconcurrency = 10\nshutdownGrace = "2s"\n'),
  };
}

/** Workflows in flight, held by the algorithm `hold` of the namespace `speech`. */
export interface Holding {
  /** Starts one, and returns once its activity runs. */
  readonly begin: (timeouts?: { startToClose?: number; heartbeat?: number }) => Promise<Held>;
  /** Kills the worker of the workflows, and starts another one. */
  readonly restart: () => Promise<void>;
  /** A client of the namespace. */
  readonly client: Client;
  readonly end: () => Promise<void>;
}

/** A workflow whose activity runs. */
export interface Held {
  readonly id: string;
  /** Returns once an attempt of this number runs. */
  readonly reaches: (attempt: number) => Promise<void>;
  /** Lets the activity end. */
  readonly open: () => Promise<void>;
  /** Waits for the workflow's end; what its history says of it. */
  readonly outcome: () => Promise<{ answer: string; attempt: number; afterFailure: string | undefined }>;
}

/** Starts a workflow engineer's worker for the project. */
export async function startHolding(project: Project): Promise<Holding> {
  const script = fileURLToPath(new URL("holding.py", import.meta.url));
  const args = [script, `--address=${project.address}`, "--namespace=speech"];
  const python = await pythonWithTemporal();
  const start = () => spawn(python, args, { stdio: "ignore" });
  let worker = start();
  const connection = Connection.lazy({ address: project.address });
  const client = new Client({ connection, namespace: "speech" });
  let count = 0;
  const begin: Holding["begin"] = async ({ startToClose = 600, heartbeat = 0 } = {}) => {
    const id = `held-${count++}`;
    const gate = path.join(project.root, id);
    const args = ["hold", gate, startToClose, heartbeat];
    const handle = await client.workflow.start("Hold", { workflowId: id, taskQueue: "workflows", args });
    const reaches = (attempt: number) => eventually(() => isAt(handle, attempt), { seconds: 120 });
    await reaches(1);
    return { id, reaches, open: () => writeFile(gate, ""), outcome: () => outcomeOf(handle) };
  };
  const kill = async () => {
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    const ended = once(worker, "exit");
    worker.kill("SIGKILL");
    await ended;
  };
  const restart = async () => {
    await kill();
    worker = start();
  };
  const end = async () => {
    await Promise.all([kill(), connection.close()]);
  };
  return { begin, restart, client, end };
}

/** Temporal may be away for a while: then nothing is known. */
async function isAt(handle: WorkflowHandle, attempt: number): Promise<boolean> {
  const { raw } = await handle.describe().catch(() => ({ raw: undefined }));
  return (raw?.pendingActivities ?? []).some((pending) => pending.lastStartedTime && pending.attempt === attempt);
}

async function outcomeOf(handle: WorkflowHandle) {
  const isOver = async () => (await handle.describe().catch(() => undefined))?.status.name === "COMPLETED";
  await eventually(isOver, { seconds: 120 });
  const { events } = await handle.fetchHistory();
  const started = events?.flatMap((event) => event.activityTaskStartedEventAttributes ?? [])[0];
  const answer = String(await handle.result());
  return { answer, attempt: started?.attempt ?? 0, afterFailure: started?.lastFailure?.message ?? undefined };
}
