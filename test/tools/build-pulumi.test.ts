import { expect, test } from "vitest";
import { oldestGo, pinnedPulumi, progressLine } from "../../tools/build-pulumi.ts";

test("the Go module files say which Pulumi and which Go", () => {
  expect([pinnedPulumi(), oldestGo()]).toEqual(["v3.250.0", "1.25.11"]);
});

test("progress tells the time and what was done in it", () => {
  const downloads = ["go: downloading github.com/a/b v1.0.0", "go: downloading github.com/c/d v2.0.0"];
  expect(progressLine(9_600, downloads)).toBe("Building the Pulumi CLI: 10 s, 2 modules downloaded.");
  expect(progressLine(80_000, [...downloads, "runtime", "fmt", "net/http"])).toBe(
    "Building the Pulumi CLI: 1 min 20 s, 3 packages compiled.",
  );
});
