import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ActivityFailure, ApplicationFailure, WorkflowFailedError } from "@temporalio/client";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import { fromBytes, toBytes } from "../src/bytes.ts";
import type { AudioClip, Base64 } from "../src/shapes.ts";

const taskQueue = "speech-workflows";
const clip: AudioClip = { audio: fromBytes(Uint8Array.from({ length: 256 }, (_, index) => index)) };
const speaker = { speaker: "slt", confidence: 0.5 };
let attempts = 0;
let refusals = 0;

/** Stubs of the algorithms, by task queue. */
const stubs: Record<string, object> = {
  "speaker-id": {
    async identify_speaker(given: AudioClip) {
      if (given.audio !== "") return speaker;
      refusals += 1;
      throw ApplicationFailure.create({ type: "UnsupportedAudio", message: "It is empty." });
    },
  },
  "voice-activity": {
    async voice_activity(audio: Base64) {
      return audio === clip.audio ? [{ start: 0.5, end: 1.5 }] : [];
    },
  },
  transcribe: {
    async transcribe(audio: Base64) {
      attempts += 1;
      if (attempts === 1) throw new Error("The first attempt fails.");
      return { text: "good morning", seconds: toBytes(audio).length / 100 };
    },
  },
  summarize: {
    async summarize(text: string) {
      return { headline: text, topics: text.split(" ") };
    },
  },
};

let server: TestWorkflowEnvironment;
const workers: Worker[] = [];
const runs: Promise<void>[] = [];

before(async () => {
  server = await TestWorkflowEnvironment.createLocal({ server: { executable: temporalCli() } });
  const connection = server.nativeConnection;
  const workflowsPath = fileURLToPath(new URL("../src/workflows.ts", import.meta.url));
  workers.push(await Worker.create({ connection, taskQueue, workflowsPath }));
  for (const [queue, activities] of Object.entries(stubs)) {
    workers.push(await Worker.create({ connection, taskQueue: queue, activities }));
  }
  runs.push(...workers.map((worker) => worker.run()));
});

after(async () => {
  for (const worker of workers) worker.shutdown();
  await Promise.all(runs);
  await server.teardown();
});

/** The `temporal` on PATH; where there is none, the SDK downloads it. */
function temporalCli() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const path = folders.map((folder) => join(folder, "temporal")).find((file) => existsSync(file));
  return path === undefined ? ({ type: "cached-download" } as const) : ({ type: "existing-path", path } as const);
}

function answer(workflow: string, given: AudioClip): Promise<unknown> {
  return server.client.workflow.execute(workflow, {
    args: [given],
    workflowId: crypto.randomUUID(),
    taskQueue,
    workflowExecutionTimeout: "20 seconds",
  });
}

test("identifies the speaker", async () => {
  assert.deepEqual(await answer("SpeakerIdentificationWorkflow", clip), speaker);
});

test("unsupported audio fails at once", async () => {
  await assert.rejects(answer("SpeakerIdentificationWorkflow", { audio: "" }), (error) => {
    assert(error instanceof WorkflowFailedError && error.cause instanceof ActivityFailure);
    assert.equal(error.cause.cause?.message, "It is empty.");
    return true;
  });
  assert.equal(refusals, 1);
});

test("transcribes though an attempt fails", async () => {
  assert.deepEqual(await answer("TranscriptionWorkflow", clip), {
    speech: [{ start: 0.5, end: 1.5 }],
    speaker,
    transcript: { text: "good morning", seconds: 2.56 },
    summary: { headline: "good morning", topics: ["good", "morning"] },
  });
  assert.equal(attempts, 2);
});

test("asks nothing more where nobody speaks", async () => {
  const nothing = { speech: [], speaker: null, transcript: null, summary: null };
  assert.deepEqual(await answer("TranscriptionWorkflow", { audio: "AAAA" }), nothing);
});
