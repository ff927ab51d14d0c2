import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeOf } from "../../errors.ts";
import { algorithmOf, isUp, type SupervisedProcess, Supervisord } from "../../providers/conduit/local/supervisord.ts";
import { eventually } from "../../providers/conduit/local/wait.ts";
import { isRunning } from "../../tools/is-running.ts";
import { makeFolder } from "./folders.ts";
import { freePorts } from "./ports.ts";

/** This repository. */
export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** What a command printed and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A platform team's own project in a temporary folder: the registry, the stack's settings, and the package beside it. */
export interface Project {
  readonly root: string;
  /** Temporal's address on free ports of this machine. */
  readonly address: string;
  /** Writes the registry: the text of the object given to `defineAlgorithms`. */
  readonly writeRegistry: (registry: object) => Promise<void>;
  /** Sets `conduit:<name>` of the stack, beside its ports. */
  readonly configure: (settings: Readonly<Record<string, string>>) => Promise<void>;
  /** Runs `./conduit` in the project. */
  readonly conduit: (...args: string[]) => Promise<Outcome>;
  /** Starts `./conduit` in the project. */
  readonly start: (...args: string[]) => Running;
  /** Runs `./conduit` in the project and answers its standard output; throws what it said when it failed. */
  readonly must: (...args: string[]) => Promise<string>;
  /** Takes down all that runs, then removes the folder. */
  readonly remove: () => Promise<void>;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** What it printed on standard error so far. */
  readonly told: () => string;
  readonly outcome: Promise<Outcome>;
}

/** @param environment Variables beside this process's own. */
export async function makeProject(environment: NodeJS.ProcessEnv = {}): Promise<Project> {
  const root = await makeFolder();
  const [port = 0, uiPort = 0] = await freePorts(2);
  await symlink(path.join(repository, "node_modules"), path.join(root, "node_modules"));
  await mkdir(path.join(root, "stacks"));
  const file = (name: string, text: string) => writeFile(path.join(root, name), text);
  await file("package.json", JSON.stringify({ name: "platform", private: true, type: "module" }));
  await file("Pulumi.yaml", pulumiYaml);
  await file("stacks/index.ts", `export { program as default } from "${repository}stacks/program.ts";\n`);
  const configure = async (settings: Readonly<Record<string, string>>) => {
    const all = Object.entries({ temporalPort: port, uiPort, ...settings });
    const lines = all.map(([name, value]) => `  conduit:${name}: "${value}"\n`);
    await file("stacks/Pulumi.local.yaml", `config:\n${lines.join("")}`);
  };
  await configure({});
  const variables = { ...process.env, ...environment };
  const start = (...args: string[]) => startIn(root, path.join(repository, "conduit"), args, variables);
  const conduit = (...args: string[]) => start(...args).outcome;
  const writeRegistry = (registry: object) =>
    file("algorithms.config.ts", `export default ${JSON.stringify(registry, null, 2)};\n`);
  const must = async (...args: string[]) => {
    const { code, stdout, stderr } = await conduit(...args);
    if (code !== 0) throw new Error(`\`./conduit ${args.join(" ")}\` failed:\n${stderr}`);
    return stdout;
  };
  const remove = async () => {
    await must("down").finally(() => rm(root, { recursive: true, force: true }));
  };
  return { root, address: `127.0.0.1:${port}`, writeRegistry, configure, conduit, start, must, remove };
}

const pulumiYaml = `name: platform
runtime: { name: nodejs, options: { typescript: false, nodeargs: "--import tsx" } }
main: stacks/index.ts
stackConfigDir: stacks
plugins: { providers: [{ name: conduit, path: "${repository}providers/conduit" }] }
`;

/** Runs a command to its end, whatever its exit code. */
export function runIn(
  cwd: string,
  command: string,
  args: readonly string[],
  environment = process.env,
): Promise<Outcome> {
  return startIn(cwd, command, args, environment).outcome;
}

/** Starts a command. */
export function startIn(cwd: string, command: string, args: readonly string[], environment = process.env): Running {
  const child = spawn(command, args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const told = () => Buffer.concat(stderr).toString();
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(stdout).toString(), stderr: told() }),
    );
  });
  return { child, told, outcome };
}

/** An algorithm's git repository in a temporary folder. */
export interface AlgorithmRepository {
  readonly folder: string;
  /** Writes the files and commits them; answers the commit. */
  readonly commit: (files: Readonly<Record<string, string>>, message?: string) => Promise<string>;
}

export async function makeRepository(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<AlgorithmRepository> {
  const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: folder, env: gitIdentity() });
  await mkdir(folder, { recursive: true });
  await git("init", "--quiet", "--initial-branch=main");
  const commit = async (changed: Readonly<Record<string, string>>, message = "Change") => {
    for (const [name, text] of Object.entries(changed)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    await git("add", "--all");
    await git("commit", "--quiet", "--message", message);
    return (await git("rev-parse", "HEAD")).stdout.trim();
  };
  await commit(files, "First");
  return { folder, commit };
}

/** What the project's supervisor runs. */
export async function processesOf(project: Pick<Project, "root">): Promise<readonly SupervisedProcess[]> {
  return (await supervisordOf(project)).processes();
}

/** The project's supervisor. */
export async function supervisordOf({ root }: Pick<Project, "root">): Promise<Supervisord> {
  const configuration = await readFile(path.join(root, ".conduit", "local", "supervisord.conf"), "utf8");
  return new Supervisord(/^file=(.*)$/m.exec(configuration)?.[1] ?? "");
}

/** The process id of the project's supervisor. */
export async function supervisorOf({ root }: Pick<Project, "root">): Promise<number> {
  return Number(await readFile(path.join(root, ".conduit", "local", "supervisord.pid"), "utf8"));
}

/** The process of an algorithm or a part of the platform, such as `_standby`, once it is there: one that has ended has none. */
export async function pidOf(project: Pick<Project, "root">, name: string): Promise<number> {
  let pid = 0;
  const isThere = async () => {
    const up = (await processesOf(project)).find((one) => algorithmOf(one.name) === name && isUp(one) && one.pid > 0);
    pid = up?.pid ?? 0;
    return up !== undefined;
  };
  await eventually(isThere, { seconds: 60 });
  return pid;
}

/** Kills the project's supervisor and all that it runs, as when the machine goes down; returns once none is left. */
export async function killEverything(project: Pick<Project, "root">): Promise<void> {
  const supervised = (await processesOf(project)).map(({ pid }) => pid).filter((pid) => pid > 0);
  const pids = [await supervisorOf(project), ...supervised];
  for (const pid of pids) killIfThere(pid);
  await eventually(async () => !pids.some(isRunning), { seconds: 60 });
}

/** What the supervisor runs may end with it, before its turn comes. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if (codeOf(thrown) !== "ESRCH") throw thrown;
  }
}

function gitIdentity(): NodeJS.ProcessEnv {
  const who = { NAME: "Test", EMAIL: "test@example.invalid" };
  return {
    ...process.env,
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
}
