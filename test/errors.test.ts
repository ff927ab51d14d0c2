import { inspect } from "node:util";
import { expect, test } from "vitest";
import { UserError } from "../errors.ts";

test("a user's mistake is shown as itself alone, whatever hangs on it", () => {
  const mistake = Object.assign(new UserError("The file has 1 problem.", ["`a` is 1. Write 2."]), {
    promise: Promise.resolve({ huge: "graph" }),
    cause: { whole: "state" },
  });
  expect(inspect(mistake, { colors: true })).toBe("The file has 1 problem.\n- `a` is 1. Write 2.");
});
