import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { Connection } from "@temporalio/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doctorSchema, type Finding } from "../../cli/json/others.ts";
import { isUp } from "../../providers/conduit/local/supervisord.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { findExecutable } from "../../tools/executables.ts";
import { pyproject } from "../support/algorithms.ts";
import { makeProject, type Project, pidOf, processesOf, repository, runIn, supervisordOf } from "../support/project.ts";

// Each part is broken for real, found, and mended as `doctor` says.

let project: Project;
const file = (name: string) => path.join(project.root, name);

beforeAll(async () => {
  project = await makeProject();
  await mkdir(file("answer"));
  await writeFile(file("answer/algorithm.py"), algorithm());
  await writeFile(file("answer/pyproject.toml"), pyproject());
  await writeRegistry();
  await project.must("up");
});

afterAll(async () => project?.remove());

const algorithm = () => `import os

from temporalio import activity

if os.path.exists(${JSON.stringify(file("broken"))}):
    raise RuntimeError("the model is gone")


@activity.defn
def answer() -> str:
    return "yes"
`;

function writeRegistry(namespace = "speech"): Promise<void> {
  const answer = { namespace, owner: "us", source: { path: "answer" } };
  const namespaces = { speech: { owner: "speech" }, vision: { owner: "vision" } };
  return project.writeRegistry({ namespaces, algorithms: { answer } });
}

/** What `doctor` finds wrong. */
async function wrong(environment: NodeJS.ProcessEnv = {}): Promise<Record<string, string>> {
  const variables = { ...process.env, ...environment };
  const { code, stdout } = await runIn(project.root, path.join(repository, "conduit"), ["doctor", "--json"], variables);
  const findings: Finding[] = doctorSchema.parse(JSON.parse(stdout)).findings;
  const bad = findings.filter(({ ok }) => !ok);
  expect(code).toBe(bad.length > 0 ? 1 : 0);
  return Object.fromEntries(bad.map(({ part, says }) => [part, says]));
}

test("nothing is wrong after `up`, and people see each part", async () => {
  expect(await wrong()).toEqual({});
  const shown = await project.must("doctor");
  expect(shown).toMatch(/^ok {5}namespaces +speech, vision$/m);
  expect(shown).toMatch(/^ok {5}answer +Version \S+ polls\.$/m);
});

test("missing programs, and a cache that is empty or cannot be written, are found", async () => {
  const bin = file("bin");
  await mkdir(bin);
  for (const name of ["node", "readlink", "dirname", "cmp"])
    await symlink(findExecutable(name) ?? "", path.join(bin, name));
  expect(await wrong({ PATH: bin, CONDUIT_CACHE: file("cache") })).toEqual({
    git: "It is not on the PATH. Install git, such as with `apt install git`.",
    Python: "It is not on the PATH. Install Python 3.10 or later, such as with `apt install python3-venv`.",
    Pulumi: expect.stringMatching(/^It is not there\. .*`\.\/conduit up` installs it/),
    uv: "It is not installed yet. `./conduit up` installs it.",
    supervisord: "It is not installed yet. `./conduit up` installs it.",
    "Temporal's CLI": "It is not installed yet. `./conduit up` installs it.",
  });
  await writeFile(file("no-folder"), "");
  expect(await wrong({ CONDUIT_CACHE: file("no-folder") })).toMatchObject({
    cache: expect.stringMatching(
      /cannot be written \(E\w+\)\. Make it writable, or set `CONDUIT_CACHE` to another folder\./,
    ),
  });
});

/** What is wrong while a file holds another text. */
async function wrongWith(name: string, change: (text: string) => string): Promise<Record<string, string>> {
  const right = await readFile(file(name), "utf8");
  await writeFile(file(name), change(right));
  return wrong().finally(() => writeFile(file(name), right));
}

test("a wrong registry, setting, provider or variable is found", async () => {
  expect(
    await wrongWith("algorithms.config.ts", (text) => text.replace('"namespace": "speech"', '"namespace": "speach"')),
  ).toEqual({
    registry: expect.stringContaining("Did you mean `speech`?"),
  });
  expect(await wrongWith("stacks/Pulumi.local.yaml", (text) => text.replace("temporalPort", "temporlaPort"))).toEqual({
    settings: expect.stringContaining("Did you mean `conduit:temporalPort`?"),
  });
  expect(await wrongWith("stacks/Pulumi.local.yaml", () => "config: [")).toMatchObject({
    settings: expect.stringContaining("invalid YAML file"),
  });
  expect(await wrongWith("Pulumi.yaml", (text) => text.replace("providers/conduit", "providers/nowhere"))).toEqual({
    provider: expect.stringContaining("Correct the path under `plugins.providers`"),
  });
  const elsewhere = { PULUMI_BACKEND_URL: `file://${file("elsewhere")}`, PULUMI_CONTINUE_ON_ERROR: "false" };
  const { variables } = await wrong(elsewhere);
  expect(variables).toContain("Run `unset PULUMI_CONTINUE_ON_ERROR`.");
  expect(variables).toContain("Run `unset PULUMI_BACKEND_URL`");
});

test("a crash loop, a lost namespace and a lost database are found, and `up` mends them", async () => {
  await writeFile(file("broken"), "");
  process.kill(await pidOf(project, "answer"), "SIGKILL");
  const restarting = async () =>
    /^Its worker is restarting: .*`\.\/conduit logs answer`/.test((await wrong()).answer ?? "");
  await eventually(restarting, { seconds: 120 });
  await rm(file("broken"));
  await eventually(async () => Object.keys(await wrong()).length === 0, { seconds: 120 });

  const connection = await Connection.connect({ address: project.address });
  await connection.operatorService.deleteNamespace({ namespace: "vision" });
  await connection.close();
  expect(await wrong()).toEqual({ namespaces: "The server has no `vision`. `./conduit up` makes what is missing." });
  await rm(file(".conduit/local/temporal.db"));
  expect(await wrong()).toMatchObject({ "Temporal serves": expect.stringContaining("was taken away") });
  await project.must("up");
  expect(await wrong()).toEqual({});
});

test("what does not run is found, with who has its port", async () => {
  const supervisord = await supervisordOf(project);
  await supervisord.stop("_temporal");
  await eventually(() => supervisord.isGone("_temporal"), { seconds: 60 });
  const port = Number(project.address.split(":")[1]);
  const other = net.createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
  const { "Temporal serves": server } = await wrong();
  await new Promise((resolve) => other.close(resolve));
  expect(server).toMatch(
    new RegExp(`^It does not run\\. Port ${port} is taken by .* \\(process ${process.pid}\\): stop that`),
  );

  const processes = (await processesOf(project)).filter(isUp);
  process.kill((await supervisord.pid()) ?? 0, "SIGKILL");
  expect(await wrong()).toMatchObject({
    "supervisord runs": "It does not run, and nothing that it looks after. Start it with `./conduit up`.",
    "Temporal serves": "It does not run. Start it with `./conduit up`.",
    answer: expect.stringContaining("No worker polls its task queue"),
  });
  expect(processes.length).toBeGreaterThan(0);
  await project.must("up");
  expect(await wrong()).toEqual({});
});
