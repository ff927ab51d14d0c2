import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import registry from "../../../algorithms.config.ts";
import { repository } from "../../support/project.ts";
import { pythonWithTemporal } from "../../support/python.ts";
import { everyName } from "../support/every-object.ts";
import { must } from "../support/must.ts";
import { type OpenTemporal, openTemporal } from "../support/open-temporal.ts";
import { openRealStack, type RealStack } from "../support/real-stack.ts";
import { settingsOf } from "../support/settings-of.ts";

// The stack `dev` and the algorithms that come with the repository, on a real node: each in a git repository of its own.

const examples = path.join(repository, "examples");
const names = ["transcribe", "voice-activity", "speaker-id"];

let stack: RealStack;
let temporal: OpenTemporal;
let worker: ChildProcess;
/** What the cluster held before the stack was brought up. */
let before: string[];

beforeAll(async () => {
  const files = { README: "An example." };
  const algorithms = Object.entries(registry.algorithms).map(([name, { source, ...entry }]) => {
    return [name, { files, entry: { ...entry, ...("mock" in source && { source }), cpu: "10m" } }];
  });
  stack = await openRealStack({
    algorithms: Object.fromEntries(algorithms),
    keda: true,
    settings: await settingsOf("dev"),
  });
  for (const name of names) await commitExample(name);
  await cp(path.join(repository, "mocks"), path.join(stack.project.root, "mocks"), { recursive: true });
  before = await everyName(stack.cluster.kubeconfig);
});

afterAll(async () => {
  const ended = worker && once(worker, "exit");
  worker?.kill("SIGKILL");
  await ended;
  await temporal?.close();
  await stack?.close();
});

test("a workflow is answered by all example algorithms, which no worker served before", async () => {
  await stack.conduit("up");
  temporal = await openTemporal(stack.project, "dev");
  const folder = path.join(examples, "workflows", "python");
  const runtime = path.join(repository, "runtime", "python", "src");
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: "speech",
    PYTHONPATH: runtime,
    PYTHONDONTWRITEBYTECODE: "1",
  };
  worker = spawn(await pythonWithTemporal(), ["worker.py"], { cwd: folder, env, stdio: "ignore" });
  expect(await transcription()).toEqual({
    speech: [{ start: expect.any(Number), end: expect.any(Number) }],
    speaker: { speaker: "rms", confidence: expect.any(Number) },
    transcript: { text: "the court will hear the witness on thursday morning", seconds: expect.any(Number) },
    summary: { headline: "A text of 9 words.", topics: ["example"] },
  });
});

test("a commit to one of them changes its answer, and nothing else", async () => {
  const voiceprints = path.join("examples", "algorithms", "speaker-id", "voiceprints.csv");
  const text = await readFile(path.join(repository, voiceprints), "utf8");
  await stack.repositories["speaker-id"]?.commit({ "voiceprints.csv": text.replace("rms,", "judge,") });
  await stack.conduit("up");
  expect(await transcription()).toMatchObject({
    speaker: { speaker: "judge" },
    summary: { headline: "A text of 9 words." },
  });
});

test("`down` leaves what it says: the Temporal namespace's histories and the volume that they are on", async () => {
  const { stderr } = await must(stack.project.conduit("down", "--yes", "--stack", "dev"));
  expect(stderr).toContain("Kept in the cluster: Namespace `temporal`, PersistentVolumeClaim `temporal-data`.");
  const left = async () => (await everyName(stack.cluster.kubeconfig)).filter((name) => !before.includes(name));
  await expect
    .poll(async () => (await left()).map((name) => name.replace(/pvc-[-0-9a-f]+$/, "pvc-…")), { timeout: 60_000 })
    .toEqual([
      "ConfigMap temporal/kube-root-ca.crt",
      "Namespace temporal",
      "PersistentVolume pvc-…",
      "PersistentVolumeClaim temporal/temporal-data",
      "ServiceAccount temporal/default",
    ]);
});

/** Commits the example as it is to the algorithm's own repository. */
async function commitExample(name: string): Promise<void> {
  const { folder, commit } = stack.repositories[name] ?? {};
  if (folder === undefined || commit === undefined) throw new Error(`There is no repository of ${name}.`);
  const made = [".venv", "uv.lock", "__pycache__", ".pytest_cache"];
  const filter = (file: string) => !made.includes(path.basename(file));
  await cp(path.join(examples, "algorithms", name), folder, { recursive: true, filter });
  await commit({});
}

/** What the workflow through all algorithms answers. */
async function transcription(): Promise<unknown> {
  const sample = path.join(examples, "algorithms", "transcribe", "samples", "witness.wav");
  const audio = (await readFile(sample)).toString("base64");
  return await temporal.client.workflow.execute("TranscriptionWorkflow", {
    workflowId: crypto.randomUUID(),
    taskQueue: "speech-workflows",
    args: [{ audio }],
  });
}
