import { expect, test } from "vitest";
import { versionOf } from "../../sources/version.ts";

test("a version is its tree and a hash of its recipe, whatever the order", () => {
  const recipe = { runtime: "1", python: "3.11", platform: "local" };
  expect(versionOf("4b825dc642cb", recipe)).toBe("4b825dc642cb-f51bf79a");
  expect(versionOf("4b825dc642cb", { platform: "local", python: "3.11", runtime: "1" })).toBe("4b825dc642cb-f51bf79a");
  expect(versionOf("4b825dc642cb", { ...recipe, python: "3.12" })).not.toBe("4b825dc642cb-f51bf79a");
});
