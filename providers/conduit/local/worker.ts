import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { commandName } from "../../../tools/command-name.ts";
import { canonical, hasUnknown, type Properties, type ResourceHandler } from "../handler.ts";
import { rememberingFailure } from "./last-failure.ts";
import { removeOldLogs, sizeOf } from "./logs.ts";
import { machineVariables } from "./machine-variables.ts";
import { logOf, removeProgram, startProgram } from "./program.ts";
import { keepAwake, letSleep, type Sleeper, sleeperOf, sleepersOf } from "./standby/sleepers.ts";
import { startupFailure } from "./startup-failure.ts";
import { killGroup } from "./supervisor.ts";
import { hasEnded, isUp, type SupervisedProcess, Supervisord } from "./supervisord.ts";
import { eventually } from "./wait.ts";
import { workerEnvironment } from "./worker-environment.ts";
import { askHealth, healthSocket, isReady } from "./worker-health.ts";
import { type WorkerInputs, workerInputs } from "./worker-inputs.ts";

/** Seconds above the worker's own hard exit until supervisord kills it. */
const killMarginSeconds = 30;

/**
 * `conduit:local:Worker`: the one live worker process of an algorithm.
 *
 * Every change starts the new version beside the old one, waits until Temporal lists it as a poller, then tells the old one
 * to stop and returns: what it runs goes on to its end behind the run. What a killed run left behind is found by name in
 * the supervisor, and put right.
 */
export const workerHandler: ResourceHandler = {
  id: (properties) => workerInputs.parse(properties).algorithm.name,
  diff: async (olds, news) => {
    if (hasUnknown(news)) return { changes: true };
    const wanted = workerInputs.safeParse(news);
    return { changes: !wanted.success || !(await isAsWanted(olds, wanted.data)) };
  },
  create: async (properties) => tryGoLive(workerInputs.parse(properties), {}),
  update: async (olds, news) => {
    try {
      return await tryGoLive(workerInputs.parse(news), olds);
    } catch (thrown) {
      await bringBack(olds);
      throw thrown;
    }
  },
  read: async (props) => ((await isUpAtAll(workerInputs.parse(props))) ? props : undefined),
  delete: async (props) => {
    const { supervisor, algorithm } = workerInputs.parse(props);
    const supervisord = new Supervisord(supervisor.socket);
    await leaveStandby(supervisord, supervisor.home, algorithm.name);
    if ((await supervisord.pid()) === undefined) return;
    for (const process of await supervisord.processesOf(algorithm.name)) {
      if (isUp(process)) await supervisord.stop(process.name);
    }
  },
};

/** The process is named after all that decides what it does, so that a change of any of it is a new process. */
export function programName(worker: WorkerInputs): string {
  const { CONDUIT_COMMIT: _, ...environment } = workerEnvironment(worker);
  const { directory } = worker.release;
  const { namespaceId } = worker.algorithm;
  const digest = createHash("sha256").update(canonical({ python: worker.python, directory, environment, namespaceId }));
  return `${worker.algorithm.name}.${digest.digest("hex").slice(0, 8)}`;
}

async function isAsWanted(olds: Properties, worker: WorkerInputs): Promise<boolean> {
  try {
    const { supervisor, algorithm, idleAfter } = worker;
    const processes = await new Supervisord(supervisor.socket).processesOf(algorithm.name);
    const sleeper = await sleeperOf(supervisor.home, algorithm.name);
    if (sleeper?.idleAfter !== idleAfter || processes.filter(isUp).length > 1) return false;
    const live = processes.find(isUp) ?? processes.find(({ name }) => name === sleeper?.program);
    if (live === undefined || (sleeper && sleeper.program !== live.name)) return false;
    return live.name === olds.program && isProgram(live.name, programName(worker));
  } catch {
    return false;
  }
}

/**
 * Whether any process of the algorithm serves, be it as wanted or not, or sleeps: only then is there something to look
 * after.
 */
async function isUpAtAll({ supervisor, algorithm }: WorkerInputs): Promise<boolean> {
  const supervisord = new Supervisord(supervisor.socket);
  if ((await supervisord.pid()) === undefined) return false;
  const sleeper = await sleeperOf(supervisor.home, algorithm.name);
  const processes = await supervisord.processesOf(algorithm.name);
  return processes.some((process) => isUp(process) || process.name === sleeper?.program);
}

/** `transcribe.1a2b3c4d`, or `transcribe.1a2b3c4d.2` where an older process of that name still drains. */
function isProgram(name: string, program: string): boolean {
  return name === program || name.startsWith(`${program}.`);
}

/** After a restart of the machine nothing runs: where the new version does not start, the one before serves again. */
async function bringBack(olds: Properties): Promise<void> {
  const before = workerInputs.safeParse(olds);
  if (!before.success || (await isUpAtAll(before.data))) return;
  await goLive(before.data, olds).catch(() => undefined); // The new version's failure is what has to be told.
}

/** What fails now is kept for `status`; that an older version is brought back is not. */
async function tryGoLive(worker: WorkerInputs, olds: Properties): Promise<Properties> {
  const { supervisor, algorithm, release } = worker;
  const attempt = { home: supervisor.home, algorithm: algorithm.name, version: release.version };
  return rememberingFailure(attempt, () => goLive(worker, olds));
}

async function goLive(worker: WorkerInputs, olds: Properties): Promise<Properties> {
  const supervisord = new Supervisord(worker.supervisor.socket);
  if (worker.idleAfter === undefined) await leaveStandby(supervisord, worker.supervisor.home, worker.algorithm.name);
  await forgetEnded(supervisord, worker.supervisor.home);
  const started = performance.now();
  const processes = await supervisord.processesOf(worker.algorithm.name);
  const current = processes.find((process) => isUp(process) && isProgram(process.name, programName(worker)));
  if (!current && worker.idleAfter !== undefined && isProgram(String(olds.program), programName(worker))) {
    return stayAsleep(supervisord, worker, olds);
  }
  const program = current?.name ?? freeName(programName(worker), processes);
  const logStart = await sizeOf(logOf(worker.supervisor.home, program));
  if (!current) await start(supervisord, worker, program);
  const health = healthSocket(worker.supervisor.runDirectory, program);
  await waitUntilPolling(supervisord, worker, program, logStart).catch(async (thrown) => {
    // One that ran before stays in the supervisor's care: it is tried again, with back-off.
    if (!current) await discard(supervisord, worker, program).catch(() => undefined);
    throw thrown;
  });
  const polling = performance.now();
  const wasAwake = await takeOver(supervisord, worker, program);
  await removeOldLogs(worker.supervisor.home, worker.algorithm.name);
  const { activities } = await askHealth(health);
  if (worker.idleAfter !== undefined && !current && !wasAwake) await putToSleep(supervisord, program);
  return {
    ...worker,
    version: worker.release.version,
    commit: worker.release.commit,
    program,
    activities,
    liveAt: new Date().toISOString(),
    stages: { start: Math.round(polling - started), switch: Math.round(performance.now() - polling) },
  };
}

/** From here on the standby looks after this one; answers whether an older one was awake. */
async function takeOver(supervisord: Supervisord, worker: WorkerInputs, program: string): Promise<boolean> {
  const { supervisor, algorithm, idleAfter } = worker;
  const { name, temporalNamespace } = algorithm;
  // Before the others are stopped: the standby must not wake them again.
  if (idleAfter !== undefined) {
    const before = await sleeperOf(supervisor.home, name);
    await letSleep(supervisor.home, { algorithm: name, program, temporalNamespace, idleAfter });
    if (before?.program !== program) await forgetSleeping(supervisord, supervisor.home, before);
  }
  return stopOthers(supervisord, worker, program);
}

async function leaveStandby(supervisord: Supervisord, home: string, algorithm: string): Promise<void> {
  const before = await sleeperOf(home, algorithm);
  await keepAwake(home, algorithm);
  await forgetSleeping(supervisord, home, before);
}

/** One that is awake stays: it is told to stop as any other. */
async function forgetSleeping(supervisord: Supervisord, home: string, one: Sleeper | undefined): Promise<void> {
  if (one) await removeProgram(supervisord, home, one.program).catch(() => undefined);
}

/** One that nobody used before is not used now: after an update of many none of them holds memory. */
async function putToSleep(supervisord: Supervisord, program: string): Promise<void> {
  await supervisord.stop(program);
  // An activity that came already goes on to its end behind the run.
  await eventually(() => supervisord.isGone(program), { seconds: 10 }).catch(() => undefined);
}

/** It polled once, and is as it was then: it is only made known to the supervisor again, as after a restart. */
async function stayAsleep(supervisord: Supervisord, worker: WorkerInputs, olds: Properties): Promise<Properties> {
  const program = String(olds.program);
  if ((await supervisord.process(program)) === undefined) await start(supervisord, worker, program, true);
  await takeOver(supervisord, worker, program);
  return { ...olds, ...worker };
}

/** Of all algorithms, since one that left the registry has no later run of its own; another run may be first. */
async function forgetEnded(supervisord: Supervisord, home: string): Promise<void> {
  const ended = (await supervisord.processes()).filter(hasEnded);
  // Asked after the processes: one that is put to sleep meanwhile, beside us, was handed to the standby before.
  const asleep = new Set((await sleepersOf(home)).map(({ program }) => program));
  for (const { name } of ended) {
    if (!asleep.has(name)) await removeProgram(supervisord, home, name).catch(() => undefined);
  }
}

function freeName(program: string, taken: readonly SupervisedProcess[]): string {
  const names = new Set(taken.map((process) => process.name));
  let name = program;
  for (let next = 2; names.has(name); next++) name = `${program}.${next}`;
  return name;
}

async function start(supervisord: Supervisord, worker: WorkerInputs, name: string, asleep = false): Promise<void> {
  // Where the supervisor was killed, a worker of this name may drain without it, on a socket that nobody asks any more.
  await rm(healthSocket(worker.supervisor.runDirectory, name), { force: true });
  await startProgram(supervisord, worker.supervisor.home, {
    name,
    python: worker.supervisor.python,
    argv: [worker.python, "-m", "algorithm_conduit", "run", "."],
    environment: {
      ...machineVariables(process.env),
      ...workerEnvironment(worker),
      CONDUIT_HEALTH_ADDRESS: `unix:${healthSocket(worker.supervisor.runDirectory, name)}`,
    },
    directory: worker.release.directory,
    stopSeconds: worker.release.settings.shutdownGrace / 1000 + killMarginSeconds,
    asleep,
  });
}

/** Seconds that the worker has to tell by itself why it did not start within `timeouts.startup`. */
const tellMarginSeconds = 10;

async function waitUntilPolling(
  supervisord: Supervisord,
  worker: WorkerInputs,
  program: string,
  logStart: number,
): Promise<void> {
  const seconds = worker.release.settings.timeouts.startup / 1000 + tellMarginSeconds;
  let firstPid = 0;
  const isPolling = async () => {
    if (await isReady(healthSocket(worker.supervisor.runDirectory, program))) return true;
    const process = await supervisord.process(program);
    firstPid ||= process?.pid ?? 0;
    // One that ends after `startsecs` is started anew at once: only its process id tells.
    const isFirst = process !== undefined && (process.pid === 0 || process.pid === firstPid);
    if (isFirst && (!process.wasStarted || process.state === "STARTING" || process.state === "RUNNING")) return false;
    const { home } = worker.supervisor;
    throw await startupFailure({ home, program, logStart, directory: worker.release.directory });
  };
  const otherwise = async () =>
    new Error(
      `The worker did not poll its task queue within ${seconds} s. Raise \`timeouts.startup\`, or see \`${commandName} logs\`.`,
    );
  await eventually(isPolling, { seconds, otherwise });
}

/** Takes a version that did not come to life out of the supervisor. */
async function discard(supervisord: Supervisord, worker: WorkerInputs, program: string): Promise<void> {
  const ended = () => supervisord.isGone(program);
  await supervisord.stop(program).catch(() => undefined);
  await eventually(ended, { seconds: 10 }).catch(async () => {
    killGroup((await supervisord.process(program))?.pid ?? 0);
    await eventually(ended, { seconds: 10 });
  });
  await removeProgram(supervisord, worker.supervisor.home, program);
}

/** SIGTERM to every other process of the algorithm; returns once they have stopped polling, with whether there were any. */
async function stopOthers(supervisord: Supervisord, worker: WorkerInputs, program: string): Promise<boolean> {
  const others = (await supervisord.processesOf(worker.algorithm.name)).filter(
    (process) => process.name !== program && isUp(process),
  );
  await Promise.all(others.map((process) => supervisord.stop(process.name)));
  for (const { name } of others) {
    const stoppedPolling = async () =>
      (await askHealth(healthSocket(worker.supervisor.runDirectory, name))).status !== "ready";
    // A worker that does not answer any more has ended, which is as good.
    await eventually(stoppedPolling, { seconds: 10 }).catch(() => undefined);
  }
  return others.length > 0;
}
