import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { ApplicationFailure, Client, Connection, WorkflowFailedError } from "@temporalio/client";
import { fromBytes } from "./bytes.ts";
import { TASK_QUEUE, temporal } from "./connect.ts";
import type { AudioClip } from "./shapes.ts";
import { SpeakerIdentificationWorkflow, TranscriptionWorkflow } from "./workflows.ts";

const { values, positionals } = parseArgs({ options: { identify: { type: "boolean" } }, allowPositionals: true });
const [file] = positionals;
if (file === undefined) {
  console.error("Usage: npm start -- [--identify] FILE   (a WAV file: 16 kHz, mono, 16 bit)");
  process.exit(2);
}

const clip: AudioClip = { audio: fromBytes(await readFile(file)) };
const { connectionOptions, namespace } = temporal();
const connection = await Connection.connect(connectionOptions);
try {
  const client = new Client({ connection, namespace });
  const answer = await client.workflow.execute(
    values.identify ? SpeakerIdentificationWorkflow : TranscriptionWorkflow,
    {
      args: [clip],
      workflowId: `${basename(file, ".wav")}-${randomUUID().slice(0, 8)}`,
      taskQueue: TASK_QUEUE,
    },
  );
  console.log(JSON.stringify(answer, null, 2));
} catch (error) {
  if (!(error instanceof WorkflowFailedError)) throw error;
  console.error(reason(error));
  process.exitCode = 1;
} finally {
  await connection.close();
}

/** Why a workflow failed: the algorithm's own error, without Temporal's around it. */
function reason(error: Error): string {
  if (error instanceof ApplicationFailure) return `${error.type}: ${error.message}`;
  return error.cause instanceof Error ? reason(error.cause) : error.message;
}
