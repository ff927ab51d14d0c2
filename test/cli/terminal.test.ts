import { expect, test } from "vitest";
import { columnsOf, formatElapsed, formatSpan, plain, wrap } from "../../cli/terminal.ts";
import { chooseActivity } from "../../cli/verbs/call.ts";
import { parseIdentity } from "../../providers/conduit/temporal/task-queue.ts";

const now = new Date("2026-01-02T00:00:00Z");

test("times are short", () => {
  expect([950, 4200, 200_000].map(formatElapsed)).toEqual(["950 ms", "4.2 s", "3 min 20 s"]);
  const times = ["2026-01-01T23:59:30Z", "2026-01-01T23:20:00Z", "2026-01-01T00:00:00Z", "2025-12-20T00:00:00Z"];
  expect(times.map((time) => formatSpan(new Date(time), now))).toEqual(["now", "40 min", "24 h", "13 d"]);
});

test("a worker's identity tells commit and version", () => {
  expect(parseIdentity("speaker-id@abcdef012345+0123456789ab-01234567@host:7")).toEqual({
    commit: "abcdef012345",
    version: "0123456789ab-01234567",
    pid: 7,
  });
  expect(parseIdentity("12@host")).toBeUndefined();
});

test("the activity may be left out where there is one", () => {
  const one = { activities: [{ name: "transcribe" }] };
  expect(chooseActivity("a", one, ["x"])).toEqual({ activity: "transcribe", args: ["x"] });
  expect(chooseActivity("a", one, ["transcribe", "x"])).toEqual({ activity: "transcribe", args: ["x"] });
  const two = { activities: [{ name: "train" }, { name: "predict" }] };
  expect(chooseActivity("a", two, ["predict"])).toEqual({ activity: "predict", args: [] });
  expect(() => chooseActivity("a", two, ["x"])).toThrow(
    "`a` has several activities. Say which: `./conduit call a <activity> …`, one of `train`, `predict`.",
  );
});

test("lines break between words at the width and not before, a long word stays whole", () => {
  expect(wrap("one two three", 7)).toBe("one two\nthree");
  expect(wrap("one two three", 6, "  ")).toBe("one\n  two\n  three");
  expect(wrap("see https://example.org/a/long/address now", 10, "  ")).toBe(
    "see\n  https://example.org/a/long/address\n  now",
  );
  expect(wrap("a\n  an indented line", 12)).toBe("a\n  an\n  indented\n  line");
});

test("what a repository says cannot steer the terminal", () => {
  expect(plain("\u001b[31mred\u001b[0m\r\ntitle\u001b]0;x\u0007\tb\u009b2Jc")).toBe("red\ntitle    bc");
});

test("a terminal that does not tell its width has 80 columns", () => {
  expect([columnsOf({ columns: 120 }), columnsOf({ columns: 0 })]).toEqual([120, 80]);
});
