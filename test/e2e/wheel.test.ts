import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findExecutable } from "../../tools/executables.ts";
import { uvPath } from "../../tools/python-tools.ts";
import { run } from "../../tools/run.ts";
import { makeFolder } from "../support/folders.ts";
import { type LocalServer, startLocalServer } from "../support/local-server.ts";
import { type Outcome, repository, runIn } from "../support/project.ts";

// The worker as researchers have it: a wheel, uv, and a repository of their own; no Node.

let folder: string;
let research: string;
let wheel: string;
let server: LocalServer;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await makeFolder();
  research = path.join(folder, "loudness");
  const uv = await uvPath();
  environment = { ...process.env, PATH: await pathWithoutNode(uv) };
  await run(uv, ["build", "--quiet", "--wheel", path.join(repository, "runtime", "python"), "--out-dir", folder]);
  const [built = ""] = (await readdir(folder)).filter((file) => file.endsWith(".whl"));
  wheel = path.join(folder, built);
  await writeRepository();
  server = await startLocalServer();
});

afterAll(async () => {
  await server?.takeDown();
  await rm(folder, { recursive: true, force: true });
});

/** uv, and the few commands that the scripts of a Python environment need. */
async function pathWithoutNode(uv: string): Promise<string> {
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  const uvx = path.join(path.dirname(uv), "uvx");
  const python = (await run("python3", ["-c", "import sys; print(sys.executable)"])).trim();
  for (const [name, file] of Object.entries({ uv, uvx, python3: python })) await symlink(file, path.join(bin, name));
  for (const name of ["sh", "realpath", "dirname"]) await symlink(findExecutable(name) ?? "", path.join(bin, name));
  return bin;
}

/** The README's example, with a dependency of its own. */
async function writeRepository(): Promise<void> {
  const readme = await readFile(path.join(repository, "runtime", "python", "README.md"), "utf8");
  const [, example = ""] = /```python\n(.*?)```/s.exec(readme) ?? [];
  await mkdir(research);
  await writeFile(path.join(research, "loudness.py"), `import tomli_w\n${example}`);
  await writeFile(path.join(research, "speech.wav"), Buffer.from([0, 51, 17]));
  await writeFile(
    path.join(research, "pyproject.toml"),
    '[project]\nname = "loudness"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ["temporalio", "tomli-w==1.2.0"]\n',
  );
}

const uvx = (...args: string[]) => [
  ...["--quiet", "--from", wheel, "--with-requirements", "pyproject.toml", "algorithm-conduit"],
  ...args,
];

const command = (args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
  runIn(research, "uvx", uvx(...args), { ...environment, ...variables });

const call = ["call", "loudness", "samples=@speech.wav"];
const throughTemporal = [...call, "--task-queue", "loudness", "--schedule-to-start", "120"];

test("there is no Node on the path", () => {
  expect(findExecutable("node", environment.PATH)).toBeUndefined();
});

test("`check` finds the activities of a researcher's repository, with its own dependencies", async () => {
  expect(await command(["check"])).toEqual({ code: 0, stdout: "loudness(clip: Clip) -> float\n", stderr: "" });
});

test("in a uv project its own environment serves", async () => {
  const locked = path.join(folder, "locked");
  await mkdir(locked);
  for (const file of ["loudness.py", "pyproject.toml"]) {
    await writeFile(path.join(locked, file), await readFile(path.join(research, file)));
  }
  const args = ["run", "--quiet", "--with", wheel, "algorithm-conduit", "check"];
  expect(await runIn(locked, "uv", args, environment)).toMatchObject({
    code: 0,
    stdout: "loudness(clip: Clip) -> float\n",
  });
});

test("`call` runs one", async () => {
  expect(await command(call)).toEqual({ code: 0, stdout: "0.2\n", stderr: "" });
});

test("`run` is the worker: it answers calls through Temporal, and ends in order", async () => {
  const variables = { TEMPORAL_ADDRESS: server.address };
  const env = { ...environment, ...variables };
  const worker = spawn("uvx", uvx("run"), { cwd: research, env, stdio: ["ignore", "pipe", "ignore"] });
  let log = "";
  worker.stdout.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise((resolve) => worker.once("close", resolve));
  const called = await command(throughTemporal, variables);
  worker.kill("SIGTERM");
  expect(called, log).toMatchObject({ code: 0, stdout: "0.2\n" });
  expect(await ended, log).toBe(0);
});

test("without a Temporal server, `call` says what it cannot reach", async () => {
  const { code, stdout, stderr } = await command(throughTemporal, { TEMPORAL_ADDRESS: "127.0.0.1:1" });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("`127.0.0.1:1`");
});
