import path from "node:path";
import { fileURLToPath } from "node:url";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pyproject } from "../support/algorithms.ts";
import { makeProject, makeRepository, type Project, runIn } from "../support/project.ts";
import { pythonWithTemporal } from "../support/python.ts";

const algorithm = `from dataclasses import dataclass

from temporalio import activity


@dataclass
class Blob:
    data: bytes
    note: str


@activity.defn
def invert(blob: Blob) -> Blob:
    return Blob(bytes(255 - byte for byte in blob.data), blob.note)
`;

/** Every byte there is, and so nothing that UTF-8 could hold. */
const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const inverted = Buffer.from(bytes.map((byte) => 255 - byte));

let project: Project;

beforeAll(async () => {
  project = await makeProject();
  const { folder } = await makeRepository(path.join(project.root, "repository"), {
    "algorithm.py": algorithm,
    "pyproject.toml": pyproject(),
  });
  await project.writeRegistry({
    namespaces: { speech: { owner: "speech" } },
    algorithms: { bytes: { namespace: "speech", owner: "us", source: { git: `file://${folder}` } } },
  });
  await project.must("up");
});

afterAll(async () => project?.remove());

test("bytes that are not UTF-8 go through a dataclass unharmed, in and out, called from TypeScript", async () => {
  const connection = await Connection.connect({ address: project.address });
  try {
    const client = new Client({ connection, namespace: "speech" });
    const answer = await client.activity.execute("invert", {
      id: "from-typescript",
      taskQueue: "bytes",
      args: [{ data: bytes.toString("base64"), note: "from TypeScript" }],
      startToCloseTimeout: "1m",
    });
    expect(answer).toEqual({ data: inverted.toString("base64"), note: "from TypeScript" });
  } finally {
    await connection.close();
  }
});

test("bytes that are not UTF-8 go through a dataclass unharmed, in and out, called from Python", async () => {
  const script = fileURLToPath(new URL("../support/call_bytes.py", import.meta.url));
  const source = fileURLToPath(new URL("../../runtime/python/src", import.meta.url));
  const args = [script, project.address, bytes.toString("hex")];
  const environment = { ...process.env, PYTHONPATH: source };
  const outcome = await runIn(project.root, await pythonWithTemporal(), args, environment);
  expect(outcome.stdout.trim(), outcome.stderr).toBe(`${inverted.toString("hex")} from Python`);
});
