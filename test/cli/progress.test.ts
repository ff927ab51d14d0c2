import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { wantsColour } from "../../cli/colour.ts";
import { livingProgress, plainProgress } from "../../cli/progress.ts";
import { longStep, withoutProgress } from "../../providers/conduit/local/uv.ts";

/** A terminal of 40 columns without colours, and what was written to it. */
function terminal() {
  const pipe = new PassThrough();
  const written: string[] = [];
  pipe.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  const stream: NodeJS.WriteStream = Object.assign(Object.create(WriteStream.prototype), {
    isTTY: true,
    columns: 40,
    hasColors: () => false,
    write: (text: string) => written.push(text) > 0,
  });
  return { stream, written: () => written.join("") };
}

const up = (lines: number) => `\u001b[${lines}A\u001b[J`;

test("on a terminal what is being done stands below the lines that stay, each on one line with its time", () => {
  const { stream, written } = terminal();
  const progress = livingProgress(stream);
  progress.doing("a", "preparing its Python environment");
  progress.doing("a", `downloading ${"x".repeat(60)}`);
  progress.tell("  b: It failed.");
  progress.done("a");
  progress.stop();
  expect(written().replaceAll(/, \d+ ms/g, ", 0 ms")).toBe(
    [
      "  a: preparing its Python environment, \n",
      `${up(1)}  a: downloading ${"x".repeat(22)}\n`,
      `${up(1)}  b: It failed.\n`,
      `  a: downloading ${"x".repeat(22)}\n`,
      up(1),
    ].join(""),
  );
});

test("of many things the first are shown and the others counted", () => {
  const { stream, written } = terminal();
  const progress = livingProgress(stream);
  for (let number = 1; number <= 20; number++) progress.doing(`a${number}`, "starting");
  progress.stop();
  expect(written()).toMatch(/ {2}a8: starting, \d+ ms\n {2}… 12 more\n/);
});

test("elsewhere each thing is a line, without any control character", () => {
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line));
  progress.doing("a", "\u001b[2Jdownloading x");
  progress.done("a");
  progress.stop();
  expect(lines).toEqual(["  a: downloading x"]);
});

test("colours go to a terminal that has them, or where they are forced", () => {
  const stream = (isTTY: boolean): NodeJS.WriteStream => Object.assign(Object.create(WriteStream.prototype), { isTTY });
  const cases = [
    [true, { TERM: "xterm" }, true],
    [true, { TERM: "xterm", NO_COLOR: "1" }, false],
    [true, { TERM: "dumb" }, false],
    [false, { TERM: "xterm" }, false],
    [false, { FORCE_COLOR: "1" }, true],
    [false, { FORCE_COLOR: "0" }, false],
  ] as const;
  expect(cases.map(([isTTY, environment]) => wantsColour(stream(isTTY), environment))).toEqual(
    cases.map(([, , wanted]) => wanted),
  );
});

test("of what uv says the long steps are progress, and none of it is part of a failure", () => {
  const said =
    "Using Python 3.11\nResolved 2 packages in 4ms\nDownloading numpy (16.1MiB)\n   Building x==1\n  × No solution.\n";
  expect(said.split("\n").map(longStep).filter(Boolean)).toEqual(["downloading numpy (16.1MiB)", "building x==1"]);
  expect(withoutProgress(said)).toBe("  × No solution.\n");
});
