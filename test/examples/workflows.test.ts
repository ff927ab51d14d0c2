import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { temporalCliPath, uvPath } from "../../tools/python-tools.ts";
import { run } from "../../tools/run.ts";
import { copyInto, copyOf, examples } from "./support/examples.ts";
import { dataclasses, interfaces } from "./support/shapes.ts";

const minutes = 60_000;
const repository = path.dirname(examples);
const python = path.join(examples, "workflows", "python");
const typescript = path.join(examples, "workflows", "typescript");

test("the own tests of the Python workflows pass in an environment built by uv", { timeout: 5 * minutes }, async () => {
  const copy = await copyOf(python);
  await copyInto(path.join(copy, "../../.."), path.join(repository, "runtime", "python"));
  const output = await run(await uvPath(), ["run", "--quiet", "pytest"], { cwd: copy });
  expect(output).toMatch(/\n=+ 4 passed in [\d.]+s =+\n$/);
});

test("the own tests of the TypeScript workflows pass", { timeout: 5 * minutes }, async () => {
  const copy = await copyOf(typescript);
  const temporal = await temporalCliPath();
  const env = { ...process.env, PATH: [path.dirname(temporal), process.env.PATH].join(path.delimiter) };
  await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: copy, env });
  await run("npm", ["run", "typecheck"], { cwd: copy, env });
  const output = await run("npm", ["test"], { cwd: copy, env });
  expect(output).toMatch(/^\S pass 4$/m);
  expect(output).toMatch(/^\S fail 0$/m);
});

const transcription = {
  Transcription: [
    "speech: list[Segment]",
    "speaker: SpeakerID | None",
    "transcript: Transcript | None",
    "summary: Summary | None",
  ],
};

test("the workflows' shapes are those of the algorithms and of the stub", async () => {
  const modules = ["speaker-id/speaker_id.py", "transcribe/transcribe.py", "voice-activity/voice_activity.py"];
  const files = modules.map((module) => path.join(examples, "algorithms", module));
  files.push(path.join(repository, "mocks", "summarize.py"));
  const sources = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const contract = Object.assign({}, transcription, ...sources.map(dataclasses));
  expect(dataclasses(await readFile(path.join(python, "shapes.py"), "utf8"))).toEqual(contract);
  expect(interfaces(await readFile(path.join(typescript, "src", "shapes.ts"), "utf8"))).toEqual(contract);
});
