import { expect, test } from "vitest";
import { runChild } from "../../sources/child.ts";

test("a line that a command writes in pieces is told once, whole, and so is the last one without its end", async () => {
  const lines: string[] = [];
  const program = `
    const { writeSync } = require("node:fs");
    const bytes = Buffer.from("é downloading\\nlast");
    for (const byte of bytes) {
      writeSync(2, Buffer.of(byte));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }`;
  const { exitCode, stderr } = await runChild(process.execPath, ["--eval", program], {
    env: process.env,
    timeoutMs: 60_000,
    onErrorLine: (line) => lines.push(line),
  });
  expect({ exitCode, stderr, lines }).toEqual({
    exitCode: 0,
    stderr: "é downloading\nlast",
    lines: ["é downloading", "last"],
  });
});
