import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { uvPath } from "../../tools/python-tools.ts";
import { run } from "../../tools/run.ts";
import { algorithms, copyOf, examples } from "./support/examples.ts";
import { wavFormat } from "./support/wav.ts";
import { wrappingLines } from "./support/wrapping.ts";

const minutes = 60_000;

function folderOf(algorithm: string): string {
  return path.join(examples, "algorithms", algorithm);
}

async function pythonFiles(algorithm: string): Promise<string[]> {
  const names = (await readdir(folderOf(algorithm))).filter((name) => name.endsWith(".py"));
  return await Promise.all(names.map((name) => readFile(path.join(folderOf(algorithm), name), "utf8")));
}

test.each(algorithms)(
  "the own tests of %s pass in an environment built by uv",
  { timeout: 5 * minutes },
  async (name) => {
    const copy = await copyOf(folderOf(name));
    const output = await run(await uvPath(), ["run", "--quiet", "pytest"], { cwd: copy });
    expect(output).toMatch(/\n=+ [1-9]\d* passed in [\d.]+s =+\n$/);
  },
);

test.each(algorithms)("%s has one activity, and fewer than 15 lines are there for it", async (name) => {
  const modules = (await pythonFiles(name)).filter((source) => source.includes("@activity.defn"));
  expect(modules).toHaveLength(1);
  expect(modules.join().match(/@activity\.defn/g)).toHaveLength(1);
  expect(modules.flatMap(wrappingLines).length).toBeLessThan(15);
});

test.each(algorithms)("%s knows nothing of Algorithm Conduit but what it asks for in pyproject.toml", async (name) => {
  expect((await pythonFiles(name)).join("\n")).not.toMatch(/conduit/i);
});

test.each(algorithms)("the samples of %s are small, 16 kHz, mono, 16 bit, and named in its README", async (name) => {
  const readme = await readFile(path.join(folderOf(name), "README.md"), "utf8");
  const samples = await readdir(path.join(folderOf(name), "samples"));
  expect(Array.from(readme.matchAll(/^\| `samples\/([^`]+)`/gm), ([, file]) => file).toSorted()).toEqual(
    samples.toSorted(),
  );
  for (const sample of samples) {
    const file = await readFile(path.join(folderOf(name), "samples", sample));
    expect(wavFormat(file)).toEqual({ hertz: 16_000, channels: 1, bits: 16 });
    expect(file.length).toBeLessThan(200_000);
  }
});
