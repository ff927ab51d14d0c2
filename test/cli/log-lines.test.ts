import { expect, test } from "vitest";
import { mergeLogs, readableLine } from "../../cli/log-lines.ts";

const line = (second: string, message: string) =>
  JSON.stringify({
    time: `2026-01-01T00:00:${second}Z`,
    level: "info",
    event: "log",
    message,
    version: "abcdef012345-00000000",
  });

test("lines of several logs come in the order of their time, a traceback with the record before it", () => {
  const old = [line("01", "a"), "Traceback", "  File", line("04", "d")].join("\n");
  const live = [line("02", "b"), line("03", "c")].join("\n");
  expect(mergeLogs([old, live]).map(({ text }) => text)).toEqual([
    line("01", "a"),
    "Traceback",
    "  File",
    line("02", "b"),
    line("03", "c"),
    line("04", "d"),
  ]);
});

test("a record is one short line for people, anything else stays as it is", () => {
  expect(readableLine({ time: "", text: line("01", "Polling.") })).toMatch(
    /^\d\d:\d\d:01 info {4}abcdef0 {2}Polling\.$/,
  );
  expect(readableLine({ time: "", text: "{ not a record" })).toBe("{ not a record");
});
