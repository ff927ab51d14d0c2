import { expect, test } from "vitest";
import { listed, nearest, printable } from "../../sources/nearest.ts";

test("near names come best first, far ones not at all", () => {
  expect(nearest("ranker", ["scorer", "rankr", "Ranker2", "zzz"])).toEqual(["Ranker2", "rankr"]);
  expect(nearest("identify", ["speaker/identify", "speaker/enroll"])).toEqual(["speaker/identify"]);
  expect(nearest("x", ["completely", "different"])).toEqual([]);
});

test("names are listed as a sentence does, the many counted", () => {
  expect(listed(["a"])).toBe("`a`");
  expect(listed(["a", "b"])).toBe("`a` and `b`");
  expect(listed(["a", "b", "c"], 2)).toBe("`a`, `b` and 1 more");
});

test("control characters and those that turn text around are shown, not printed", () => {
  expect(printable("a\u001b[31m\nb\u202e")).toBe("a\\u001b[31m\\nb\\u202e");
  expect(printable('quo"te')).toBe('quo"te');
});
