import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { lastFailureOf, rememberingFailure } from "../../providers/conduit/local/last-failure.ts";
import { temporaryFolder } from "../support/folders.ts";

const failing = async () => {
  throw new Error("No such package.");
};

test("why a version failed is kept until a try goes well", async () => {
  const attempt = { home: await temporaryFolder(), algorithm: "answer", version: "v1" };
  await expect(rememberingFailure(attempt, failing)).rejects.toThrow("No such package.");
  expect(await lastFailureOf(attempt.home, "answer")).toMatchObject({ version: "v1", message: "No such package." });
  await rememberingFailure(attempt, async () => undefined);
  expect(await lastFailureOf(attempt.home, "answer")).toBeUndefined();
});

test("why a version failed is told where it cannot be kept", async () => {
  const home = path.join(await temporaryFolder(), "a file");
  await writeFile(home, "");
  await expect(rememberingFailure({ home, algorithm: "answer", version: "v1" }, failing)).rejects.toThrow(
    "No such package.",
  );
});
