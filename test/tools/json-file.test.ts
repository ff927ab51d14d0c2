import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { readJson, writeJson } from "../../tools/json-file.ts";
import { temporaryFolder } from "../support/folders.ts";

const schema = z.object({ name: z.string() });

test("a file is read as it was written, and anything else is as good as none", async () => {
  const file = path.join(await temporaryFolder(), "new", "a.json");
  expect(await readJson(file, schema)).toBeUndefined();
  await writeJson(file, { name: "a" });
  expect(await readJson(file, schema)).toEqual({ name: "a" });
  await writeFile(file, '{"name": "a');
  expect(await readJson(file, schema)).toBeUndefined();
  await writeFile(file, '{"name": 1}');
  expect(await readJson(file, schema)).toBeUndefined();
});

test("a write that fails leaves nothing behind", async () => {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, "a.json"));
  await expect(writeJson(path.join(folder, "a.json"), {})).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["a.json"]);
});
