import path from "node:path";
import { test } from "vitest";
import { run } from "../../tools/run.ts";
import { copyOf, examples } from "./support/examples.ts";

test("the worker of the image in TypeScript fits the types of Temporal's SDK", { timeout: 300_000 }, async () => {
  const copy = await copyOf(path.join(examples, "images", "typescript"));
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: copy });
  await run("npm", ["run", "typecheck"], { cwd: copy });
});
