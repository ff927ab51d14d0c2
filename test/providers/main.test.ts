import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { isRunning } from "../../tools/is-running.ts";
import { repository } from "../support/project.ts";

test("the provider ends when its engine was killed, though nobody reads what it says", async () => {
  const start = path.join(repository, "providers", "conduit", "start.mjs");
  // The shell stands for the engine: it starts the provider, says its process id, and is killed.
  const engine = spawn("sh", ["-c", 'node "$0" 127.0.0.1:1 & echo $!; exec sleep 600', start], { stdio: "pipe" });
  const lines = createInterface(engine.stdout)[Symbol.asyncIterator]();
  const provider = Number((await lines.next()).value);
  expect((await lines.next()).value).toMatch(/^\d+$/); // Its port: it serves.
  expect(isRunning(provider)).toBe(true);
  engine.stdout.destroy();
  engine.stderr.destroy();
  engine.kill("SIGKILL");
  await eventually(async () => !isRunning(provider), { seconds: 20 });
});
