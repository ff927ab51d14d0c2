import { type ChildProcess, spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isUp } from "../../providers/conduit/local/supervisord.ts";
import { uvPath } from "../../tools/python-tools.ts";
import { run } from "../../tools/run.ts";
import { makeFolder } from "../support/folders.ts";
import { freePorts } from "../support/ports.ts";
import { type Outcome, processesOf, repository, runIn } from "../support/project.ts";
import { hasRecordings, recordings } from "../support/recordings.ts";

// What the README promises to somebody who has just cloned the repository, in its own words.

let clone: string;
let ports: number[];
let environment: NodeJS.ProcessEnv;
let up: Outcome;
const started: ChildProcess[] = [];

const conduit = (...args: string[]) => runIn(clone, path.join(clone, "conduit"), args);

beforeAll(async () => {
  clone = path.join(await makeFolder(), "clone");
  await run("git", ["clone", "--quiet", repository, clone]);
  ports = await freePorts(2);
  const [port, uiPort] = ports;
  const settings = `config:\n  conduit:temporalPort: "${port}"\n  conduit:uiPort: "${uiPort}"\n`;
  await writeFile(path.join(clone, "stacks", "Pulumi.local.yaml"), settings);
  environment = { ...process.env, TEMPORAL_ADDRESS: `127.0.0.1:${port}`, TEMPORAL_NAMESPACE: "speech" };
  up = await conduit("up");
});

afterAll(async () => {
  await endStarted();
  const down = await conduit("down");
  await rm(path.dirname(clone), { recursive: true, force: true });
  expect(down).toMatchObject({ code: 0 });
});

test("`./conduit up` installs what it needs and ends with the status table", () => {
  expect(up.code, up.stderr).toBe(0);
  const lines = up.stdout.trimEnd().split("\n");
  expect(lines[0]?.split(/ {2,}/).slice(0, 4)).toEqual(["ALGORITHM", "WANTED", "LIVE", "POLL"]);
  expect(lines.slice(1, 5).map((line) => line.split(/ {2,}/)[0])).toEqual([
    "transcribe",
    "voice-activity",
    "speaker-id",
    "summarize (mock)",
  ]);
  expect(lines[5]).toMatch(/^Temporal's UI: http:\/\/127\.0\.0\.1:\d+$/);
});

test("`./conduit call transcribe` prints the words of the README's sample", async () => {
  const { stdout, stderr } = await conduit("call", "transcribe", "@examples/algorithms/transcribe/samples/weather.wav");
  expect(stdout, stderr).not.toBe("");
  expect(JSON.parse(stdout)).toEqual({ seconds: 2.61, text: "the weather is cold and the wind is strong today" });
});

test.skipIf(!hasRecordings)("`./conduit call transcribe` prints the words of a real recording", async () => {
  const { stdout, stderr } = await conduit("call", "transcribe", `@${await recordings()}/cards/005.wav`);
  expect(stdout, stderr).not.toBe("");
  expect(JSON.parse(stdout).text).toBe("eight of spades four of clubs seven of hearts");
});

test("the article's workflow and activity run, in Python", async () => {
  const project = path.join(clone, "examples", "workflows", "python");
  const uv = await uvPath();
  await run(uv, ["sync", "--quiet"], { cwd: project });
  start(uv, ["run", "--no-sync", "worker.py"], project);
  const clip = path.join(clone, "examples", "algorithms", "speaker-id", "samples", "rms.wav");
  const identified = await runIn(project, uv, ["run", "--no-sync", "start.py", "--identify", clip], environment);
  expect(identified.code, identified.stderr).toBe(0);
  expect(JSON.parse(identified.stdout)).toMatchObject({ speaker: "rms" });
  expect(await transcribed(project, uv, ["run", "--no-sync", "start.py"])).toEqual(witness);
});

test("the same workflows run in TypeScript, and bytes go through unharmed in both directions", async () => {
  const project = path.join(clone, "examples", "workflows", "typescript");
  await run("npm", ["ci"], { cwd: project });
  start("npm", ["run", "worker"], project);
  expect(await transcribed(project, "npm", ["start", "--silent", "--"])).toEqual(witness);
});

const witness = {
  speech: [{ start: 0.19, end: 2.82 }],
  speaker: { speaker: "rms", confidence: 0.539 },
  transcript: { text: "the court will hear the witness on thursday morning", seconds: 2.87 },
  summary: { headline: "A text of 9 words.", topics: ["example"] },
};

async function transcribed(project: string, command: string, args: readonly string[]): Promise<unknown> {
  const clip = path.join(clone, "examples", "algorithms", "transcribe", "samples", "witness.wav");
  const { code, stdout, stderr } = await runIn(project, command, [...args, clip], environment);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

function start(command: string, args: readonly string[], cwd: string): void {
  started.push(spawn(command, args, { cwd, env: environment, stdio: "ignore", detached: true }));
}

/** Each is the leader of a group of its own: `npm` and `uv` start what they run as children. */
async function endStarted(): Promise<void> {
  for (const child of started.splice(0)) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await ended;
  }
}

test("`./conduit down` leaves no process and no port, and `up` after it works", async () => {
  await endStarted();
  const before = (await processesOf({ root: clone })).filter(isUp);
  expect(before.length).toBe(5);
  expect(await conduit("down")).toMatchObject({ code: 0 });
  const status = await conduit("status", "--json");
  expect(JSON.parse(status.stdout)).toMatchObject({ address: null, ui: null });
  for (const { pid } of before) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  for (const port of ports) await expect(connectTo(port)).rejects.toThrow("ECONNREFUSED");
  const again = await conduit("up");
  expect(again.code, again.stderr).toBe(0);
});

function connectTo(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.end(resolve));
    socket.on("error", reject);
  });
}
