import { expect, test } from "vitest";
import { progressLine } from "../../tools/go-build.ts";

test("progress tells the time and what was done in it", () => {
  const downloads = ["go: downloading github.com/a/b v1.0.0", "go: downloading github.com/c/d v2.0.0"];
  expect(progressLine("the Pulumi CLI", 9_600, downloads)).toBe("Building the Pulumi CLI: 10 s, 2 modules downloaded.");
  expect(progressLine("the Pulumi CLI", 80_000, [...downloads, "runtime", "fmt", "net/http"])).toBe(
    "Building the Pulumi CLI: 1 min 20 s, 3 packages compiled.",
  );
});
