import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { isUp } from "../../providers/conduit/local/supervisord.ts";
import { healthSocket, isReady } from "../../providers/conduit/local/worker-health.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { answering } from "../support/algorithms.ts";
import {
  type AlgorithmRepository,
  makeProject,
  makeRepository,
  type Project,
  processesOf,
  repository,
  runIn,
} from "../support/project.ts";
import { brokenAlgorithms } from "./support/broken-algorithms.ts";

// One project, in which every algorithm but one is broken in a way of its own, all at once; then registries, settings and
// machines with which no run can begin.

let project: Project;
let before: ReadonlyMap<string, number>;
const broken = Object.entries(brokenAlgorithms);
const names = [...Object.keys(brokenAlgorithms), "healthy"];
const repositories = new Map<string, AlgorithmRepository>();
const folderOf = (name: string) => path.join(project.root, "repositories", name);

/** An activity that ends when a file appears. */
const waiting = `import os
import time

from temporalio import activity


@activity.defn
def answer(file: str) -> str:
    while not os.path.exists(file):
        time.sleep(0.05)
    return "waited"
`;

beforeAll(async () => {
  project = await makeProject();
  const make = async (name: string) => {
    const files = { ...answering("old"), ...(name === "healthy" ? { "algorithm.py": waiting } : {}) };
    repositories.set(name, await makeRepository(folderOf(name), files));
  };
  await Promise.all(names.map(make));
  await writeRegistry(() => ({}));
  await project.must("up");
  before = await workers();
});

beforeEach(async () => writeRegistry(() => ({})));

afterAll(async () => project?.remove());

async function writeRegistry(fieldsOf: (name: string) => object, more: object = {}) {
  const algorithms = names.map((name) => {
    const source = { git: `file://${folderOf(name)}` };
    return [name, { namespace: "speech", owner: "us", source, ...fieldsOf(name) }] as const;
  });
  await project.writeRegistry({
    namespaces: { speech: { owner: "us" } },
    algorithms: { ...Object.fromEntries(algorithms), ...more },
  });
}

/** The process id of each algorithm's worker that serves, by the algorithm's name. */
async function workers(): Promise<Map<string, number>> {
  const processes = (await processesOf(project)).filter((process) => isUp(process) && process.name !== "_temporal");
  const configuration = await readFile(path.join(project.root, ".conduit", "local", "supervisord.conf"), "utf8");
  const sockets = path.dirname(/^file=(.*)$/m.exec(configuration)?.[1] ?? "");
  const entries = processes.map(async ({ name, pid }) => {
    return (await isReady(healthSocket(sockets, name))) ? [[name.split(".")[0] ?? "", pid] as const] : [];
  });
  return new Map((await Promise.all(entries)).flat());
}

/** The run as a command of its own, on a machine that differs. */
const conduitWith = (environment: NodeJS.ProcessEnv, ...args: string[]) =>
  runIn(project.root, path.join(repository, "conduit"), args, { ...process.env, ...environment });

const noise = /unhandled|^ +at |Traceback|\[object/m;

test("each broken algorithm is told in its own words, and nothing that ran is lost", async () => {
  for (const [name, { files, prepare }] of broken) {
    await prepare?.(folderOf(name));
    if (files) await repositories.get(name)?.commit(files);
  }
  await writeRegistry((name) => brokenAlgorithms[name]?.fields?.(folderOf(name)) ?? {});
  const signal = path.join(project.root, "signal");
  const call = project.start("call", "healthy", JSON.stringify(signal));

  const outcome = await project.conduit("deploy", "--json");
  await writeFile(signal, "");

  const { failures, deployed } = JSON.parse(outcome.stdout);
  const told = broken.map(([name, { told }]) => [name, typeof told === "string" ? told : expect.stringMatching(told)]);
  expect(failures).toEqual(Object.fromEntries(told));
  expect(deployed).toEqual([]);
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).not.toMatch(noise);
  expect(outcome.stderr).not.toContain(cacheDirectory());
  expect(await workers()).toEqual(before);
  expect(await call.outcome).toMatchObject({ code: 0, stdout: '"waited"\n' });
  expect(JSON.parse(await project.must("call", "hangs"))).toBe("old");
});

test("what does as the message says goes live", async () => {
  const mendable = broken.filter(([, { mended, mendedFields }]) => mended ?? mendedFields);
  for (const [name, { mended }] of mendable) {
    if (mended && Object.keys(mended).length > 0) await repositories.get(name)?.commit(mended);
  }
  await writeRegistry((name) => brokenAlgorithms[name]?.mendedFields?.(folderOf(name)) ?? {});
  const outcome = await project.conduit("deploy", ...mendable.map(([name]) => name), "--json");
  expect(JSON.parse(outcome.stdout).failures).toEqual({});
  expect(outcome.code).toBe(0);
  before = await workers();
  expect([...before.keys()].toSorted()).toEqual(names.toSorted());
});

test("a registry with mistakes is one message with all of them", async () => {
  const source = { git: "./repositories/healthy" };
  await writeRegistry(() => ({}), {
    Ranker: { namespace: "speech", owner: "us", source },
    ranker: {
      namespace: "speach",
      owner: "us",
      source: { git: "ext::sh -c 'touch evil'", ref: "--upload-pack=touch evil" },
      scaling: { min: 3, max: 2 },
      scalling: {},
    },
    tagger: { namespace: "speech", owner: "us", source: { git: "--upload-pack=touch evil" } },
  });
  const address =
    "Write an address such as `https://host/team/repository`, `git@host:team/repository`, or a path that begins with `/` or `./`; without credentials.";
  expect(await project.conduit("up")).toEqual({
    code: 1,
    stdout: "",
    stderr: [
      "`algorithms.config.ts` has 7 problems.",
      "- `algorithms.Ranker` is not a valid name. Use lower-case letters, digits and dashes, at most 30 characters, a letter first and no dash last.",
      `- \`algorithms.ranker.source.git\` is "ext::sh -c 'touch evil'". ${address}`,
      '- `algorithms.ranker.source.ref` is "--upload-pack=touch evil". Write a branch, a tag or a commit, such as "main" or "v1.4".',
      "- `algorithms.ranker.scalling` is not a field. Did you mean `scaling`?",
      `- \`algorithms.tagger.source.git\` is "--upload-pack=touch evil". ${address}`,
      '- `algorithms.ranker.namespace` is "speach", which is not a key of `namespaces`. Did you mean `speech`?',
      "- `algorithms.ranker.scaling.min` is 3 but `max` is 2. Lower `min` or raise `max`.\n",
    ].join("\n"),
  });
  expect(existsSync(path.join(project.root, "evil"))).toBe(false);
  expect(await workers()).toEqual(before);
});

test.each([
  ["export default {\n  namespaces: {}\n  algorithms: {},\n};", '3:2`: Expected "}" but found "algorithms".'],
  ["\nexport default { namespaces: teams };", "2:30`: ReferenceError: teams is not defined."],
])("a registry that is no program, or fails as one, is told with its line: %j", async (text, problem) => {
  await writeFile(path.join(project.root, "algorithms.config.ts"), text);
  expect(await project.conduit("up")).toEqual({
    code: 1,
    stdout: "",
    stderr: `\`algorithms.config.ts\` cannot be loaded. Correct it.\n- \`algorithms.config.ts:${problem}\n`,
  });
  expect(await workers()).toEqual(before);
});

test("wrong settings of the stack, and ports that others hold, leave the server as it is", async () => {
  const file = path.join(project.root, "stacks", "Pulumi.local.yaml");
  const right = await readFile(file, "utf8");
  const upWith = async (temporalPort: string | number, uiPort: string | number) => {
    await writeFile(file, `config:\n  conduit:temporalPort: "${temporalPort}"\n  conduit:uiPort: "${uiPort}"\n`);
    const { code, stderr } = await project.conduit("up", "--only", "healthy");
    expect(code).toBe(1);
    return stderr;
  };
  const range = "Choose a port from 1024 to 65535.";
  expect(await upWith("http", 70000)).toContain(
    `The settings of the stack \`local\` cannot be used.\n- \`conduit:temporalPort\` is "http". ${range}\n- \`conduit:uiPort\` is "70000". ${range}`,
  );
  expect(await upWith(9000, 9000)).toContain("are both 9000. Choose two different ports.");
  const holders = [net.createServer(), net.createServer()];
  const [one = 0, other = 0] = await Promise.all(holders.map(listen));
  const inUse = (port: number, setting: string) =>
    `- Port ${port} is in use. Stop what listens there, or set \`conduit:${setting}\` to another port in the stack's settings, \`Pulumi.<stack>.yaml\`.\n`;
  expect(await upWith(one, other)).toContain(
    `temporal: Temporal's dev server cannot start.\n${inUse(one, "temporalPort")}${inUse(other, "uiPort")}`,
  );
  for (const holder of holders) holder.close();
  await writeFile(file, right);
  expect(await workers()).toEqual(before);
  expect(JSON.parse(await project.must("call", "hangs"))).toBe("old");
});

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    }),
  );
}

/** A PATH on which everything is but the commands of these names. */
async function pathWithout(name: RegExp): Promise<string> {
  const folder = path.join(project.root, `without-${name.source.replace(/\W/g, "")}`);
  await mkdir(folder);
  for (const place of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const file of await readdir(place).catch(() => [])) {
      if (!name.test(file)) await symlink(path.join(place, file), path.join(folder, file)).catch(() => undefined);
    }
  }
  return folder;
}

test("without git every algorithm keeps what it runs, and is told what to install", async () => {
  const outcome = await conduitWith({ PATH: await pathWithout(/^git/) }, "deploy", "healthy", "--json");
  expect(JSON.parse(outcome.stdout).failures).toEqual({
    healthy: "`git` is not on the PATH. Install git 2.30 or later (https://git-scm.com) and run this again.",
  });
  expect(outcome.code).toBe(1);
  expect(await workers()).toEqual(before);
});

test("without Python and uv, nothing is begun", async () => {
  const environment = {
    PATH: await pathWithout(/^(python|pip|uv)/),
    CONDUIT_CACHE: path.join(project.root, "empty-cache"),
  };
  const { code, stdout, stderr } = await conduitWith(environment, "up");
  expect({ code, stdout, told: stderr.split("\n").slice(1) }).toEqual({
    code: 1,
    stdout: "",
    told: [
      "`uv` is missing and cannot be installed automatically. Install it as https://docs.astral.sh/uv/ says, or give `python3` its `pip` or `venv` (on Debian and Ubuntu: `apt install python3-venv`), and run this again.",
      "- `python3` is not on the PATH.",
      "",
    ],
  });
  expect(await workers()).toEqual(before);
});

test.each([
  ["is not JSON", ['{"file": '], '`{"file": ` is not JSON: Expecting value at line 1, column 10.'],
  ["has the wrong shape", ["3"], "InvalidInput: `file`: expected str, got int 3"],
  ["is too much", ["a", "b"], "InvalidInput: `answer(file: str) -> str` takes 1 argument, got 2"],
])("what `call` is given that %s is one line", async (_what, args, line) => {
  expect(await project.conduit("call", "healthy", ...args)).toEqual({ code: 1, stdout: "", stderr: `${line}\n` });
});
