import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { isRunning } from "../../tools/is-running.ts";

test("a process runs until it has ended, also where nobody has asked about its end yet", async () => {
  // The shell becomes a program that never asks about the child that it left.
  const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 600"], { stdio: ["ignore", "pipe", "ignore"] });
  const child = Number((await createInterface(parent.stdout)[Symbol.asyncIterator]().next()).value);
  try {
    expect(isRunning(child)).toBe(true);
    await eventually(async () => !isRunning(child), { seconds: 20 });
    expect(isRunning(Number(parent.pid))).toBe(true);
  } finally {
    parent.kill("SIGKILL");
  }
});

test("a process that never was does not run", () => {
  expect(isRunning(2 ** 22 + 1)).toBe(false);
});
