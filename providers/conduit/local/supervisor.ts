import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { UserError } from "../../../errors.ts";
import { isRunning } from "../../../tools/is-running.ts";
import { supervisordPath } from "../../../tools/python-tools.ts";
import type { Properties, ResourceHandler } from "../handler.ts";
import { markHome, refuseOtherClones } from "./home-marker.ts";
import { machineVariables } from "./machine-variables.ts";
import { escapePercent, removeProgram } from "./program.ts";
import { hasEnded, Supervisord } from "./supervisord.ts";
import { temporalProgram } from "./temporal-server.ts";
import { eventually } from "./wait.ts";

const inputs = z.looseObject({ home: z.string() });
const outputs = z.looseObject({ home: z.string(), socket: z.string(), runDirectory: z.string() });
const place = z.looseObject({ home: z.string(), host: z.string(), marker: z.string() });

/** Seconds that a process has to end by itself when everything is taken down; Temporal runs its activity again later. */
const takeDownSeconds = 10;

/**
 * `conduit:local:Supervisor`: one supervisord for a stack, which keeps Temporal's dev server and the workers running when
 * the run that started them is over.
 */
export const supervisorHandler: ResourceHandler = {
  id: (properties) => inputs.parse(properties).home,
  diff: async (olds, news) => {
    const { home } = inputs.parse(news);
    await refuseOtherClones(place.parse(olds), home);
    if (olds.home !== home || !existsSync(configurationOf(home))) return { changes: true };
    const pid = supervisordOf(olds).pid();
    return { changes: (await pid.catch(() => undefined)) === undefined };
  },
  create: async (properties) => ensureRunning(inputs.parse(properties).home),
  update: async (olds, news) => {
    const { home } = inputs.parse(news);
    if (olds.home !== home) await takeDown(olds);
    return ensureRunning(home);
  },
  read: async (props) => ((await supervisordOf(props).pid()) === undefined ? undefined : props),
  delete: takeDown,
};

function supervisordOf(props: Properties): Supervisord {
  return new Supervisord(outputs.parse(props).socket);
}

async function ensureRunning(home: string): Promise<Properties> {
  const marked = await markHome(home);
  const runDirectory = await makeRunDirectory(home);
  const socket = path.join(runDirectory, "supervisor.sock");
  const supervisord = new Supervisord(socket);
  const executable = await supervisordPath({ onProgress: () => {} });
  const configuration = configurationOf(home);
  // One whose folder was taken away can start nothing any more, and what it runs writes into files that nobody sees.
  if (!existsSync(configuration)) await end(supervisord, home);
  if ((await supervisord.pid()) === undefined) {
    await mkdir(path.join(home, "logs"), { recursive: true, mode: 0o700 });
    // What an earlier supervisor ran is started by the resources that own it, not by files that may be out of date.
    await rm(path.join(home, "programs"), { recursive: true, force: true });
    await mkdir(path.join(home, "programs"), { mode: 0o700 });
    await writeFile(configuration, supervisordConfiguration(home, socket), { mode: 0o600 });
    // Its own log is read as UTC (exits.ts); each program has an environment of its own.
    const env = { ...machineVariables(process.env), TZ: "UTC" };
    await promisify(execFile)(executable, ["-c", configuration], { cwd: home, env });
    await eventually(async () => (await supervisord.pid()) !== undefined, {
      seconds: 30,
      otherwise: async () => new Error(`supervisord did not start. See ${path.join(home, "supervisord.log")}.`),
    });
  }
  return { ...marked, socket, runDirectory, python: path.join(path.dirname(executable), "python") };
}

function configurationOf(home: string): string {
  return path.join(home, "supervisord.conf");
}

function supervisordConfiguration(home: string, socket: string): string {
  return `${[
    "[unix_http_server]",
    `file=${escapePercent(socket)}`,
    "chmod=0700",
    "[supervisord]",
    `directory=${escapePercent(home)}`,
    `logfile=${escapePercent(path.join(home, "supervisord.log"))}`,
    `pidfile=${escapePercent(path.join(home, "supervisord.pid"))}`,
    `childlogdir=${escapePercent(path.join(home, "logs"))}`,
    "umask=077",
    "[rpcinterface:supervisor]",
    "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    "[include]",
    "files=programs/*.conf",
  ].join("\n")}\n`;
}

/** A short private folder for sockets, the same one for every run of the stack. */
async function makeRunDirectory(home: string): Promise<string> {
  const digest = createHash("sha256").update(home).digest("hex").slice(0, 12);
  const directory = path.join(tmpdir(), `conduit-${digest}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = await stat(directory);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
    throw new UserError(`\`${directory}\` belongs to somebody else or is open to others. Remove it, then run again.`);
  }
  return directory;
}

async function takeDown(props: Properties): Promise<void> {
  const { home, runDirectory } = outputs.parse(props);
  await end(supervisordOf(props), home);
  await rm(runDirectory, { recursive: true, force: true });
}

/** Ends a supervisord, with all that it runs. */
async function end(supervisord: Supervisord, home: string): Promise<void> {
  const pid = await supervisord.pid();
  if (pid === undefined) return;
  await endAll(supervisord, home);
  await supervisord.shutdown();
  await eventually(async () => !isRunning(pid), {
    seconds: 30,
    otherwise: async () => new Error(`supervisord (process ${pid}) did not end.`),
  });
}

async function endAll(supervisord: Supervisord, home: string): Promise<void> {
  // A worker says goodbye to the server: without one it would wait for it until it is killed.
  await endThose(supervisord, (name) => name !== temporalProgram);
  await endThose(supervisord, () => true);
  for (const { name } of await supervisord.processes()) await removeProgram(supervisord, home, name);
}

async function endThose(supervisord: Supervisord, isMeant: (name: string) => boolean): Promise<void> {
  // One that sleeps may never have been started.
  const running = async () =>
    (await supervisord.processes()).filter(
      (process) => isMeant(process.name) && process.state !== "STOPPED" && !hasEnded(process),
    );
  for (const { name, state } of await running()) {
    if (state !== "STOPPING") await supervisord.stop(name);
  }
  const ended = async () => (await running()).length === 0;
  await eventually(ended, { seconds: takeDownSeconds }).catch(async () => {
    for (const { pid } of await running()) killGroup(pid);
    await eventually(ended, { seconds: takeDownSeconds });
  });
}

/** With the children that it started: supervisord makes each program the leader of a group of its own. */
export function killGroup(pid: number): void {
  if (pid === 0) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
