import { expect, test } from "vitest";
import { oldestGo, pinnedPulumi } from "../../tools/build-pulumi.ts";

test("the Go module files say which Pulumi and which Go", () => {
  expect([pinnedPulumi(), oldestGo()]).toEqual(["v3.246.0", "1.25.11"]);
});
