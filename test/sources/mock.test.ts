import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../errors.ts";
import { resolveMock, resolveSource } from "../../sources/index.ts";
import { filesIn } from "./support/listing.ts";
import { emptyCache } from "./support/options.ts";
import { createRepository } from "./support/repository.ts";

test("a mock is one file in a folder of its own, and its tree is what git calls the file", async () => {
  const options = await emptyCache();
  const repository = await createRepository(options.projectDirectory);
  repository.write({ "mocks/summarize.py": "A = 1\n", "mocks/other.py": "" });
  const source = await resolveMock("mocks/summarize.py", options);
  expect(source).toEqual({
    commit: "mock",
    committedAt: undefined,
    tree: repository.git("hash-object", "mocks/summarize.py").slice(0, 12),
    dirty: false,
    directory: expect.stringContaining(path.join(options.cache, "checkouts")),
  });
  expect(filesIn(source.directory)).toEqual(["summarize.py"]);
  expect(await resolveSource({ mock: "./mocks/summarize.py" }, options)).toEqual(source);
});

test("an edit makes another checkout, and so does another name", async () => {
  const options = await emptyCache();
  mkdirSync(path.join(options.projectDirectory, "mocks"));
  const write = (name: string, text: string) => writeFileSync(path.join(options.projectDirectory, name), text);
  write("mocks/a.py", "1");
  write("mocks/b.py", "1");
  const [a, b] = [await resolveMock("mocks/a.py", options), await resolveMock("mocks/b.py", options)];
  write("mocks/a.py", "2");
  const edited = await resolveMock("mocks/a.py", options);
  expect(new Set([a, b, edited].map(({ directory }) => directory)).size).toBe(3);
  expect([readFileSync(path.join(a.directory, "a.py"), "utf8"), a.tree === b.tree, a.tree === edited.tree]).toEqual([
    "1",
    true,
    false,
  ]);
});

test("what is not one Python file is an error that says what to do", async () => {
  const options = await emptyCache();
  const place = path.join(options.projectDirectory, "mocks");
  mkdirSync(place);
  await expect(resolveMock("mocks/a.py", options)).rejects.toThrow(
    new UserError(`\`mock\` is \`mocks/a.py\`, and \`${place}/a.py\` is not there. Give the path of a \`.py\` file.`),
  );
  await expect(resolveMock("mocks", options)).rejects.toThrow(
    new UserError(`\`mock\` is \`mocks\`, and \`${place}\` is not one Python file. Give the path of a \`.py\` file.`),
  );
});
