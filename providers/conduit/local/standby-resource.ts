import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Properties, type ResourceHandler, sameProperties } from "../handler.ts";
import { lastLines, sizeOf } from "./logs.ts";
import { machineVariables } from "./machine-variables.ts";
import { endProgram, isProgramUp, logOf, startProgram } from "./program.ts";
import { sleepersOf } from "./standby/sleepers.ts";
import { Supervisord } from "./supervisord.ts";
import { eventually } from "./wait.ts";

const inputs = z.looseObject({
  home: z.string(),
  socket: z.string(),
  runDirectory: z.string(),
  python: z.string(),
  address: z.string(),
});

/** No algorithm can have this name: theirs begin with a letter. */
export const standbyProgram = "_standby";

/** What runs it, and from where: a new node, or a package at another place, is another process. */
const command = [
  process.execPath,
  // It holds next to nothing, so the memory of what it read a second ago is better given back soon.
  "--max-semi-space-size=1",
  "--max-old-space-size=128",
  fileURLToPath(new URL("standby/start.mjs", import.meta.url)),
];

/** `conduit:local:Standby`: the process that puts idle workers to sleep, and wakes them when something waits for them. */
export const standbyHandler: ResourceHandler = {
  id: () => standbyProgram,
  diff: async (olds, news) => {
    if (olds.home !== news.home) return { changes: true, replaces: ["home"], deleteBeforeReplace: true };
    const same = sameProperties(olds, { ...news, command }, ["socket", "runDirectory", "address", "command"]);
    return { changes: !same || !(await isRunning(olds)) };
  },
  create: restart,
  update: async (_olds, news) => restart(news),
  read: async (props) => ((await isRunning(props)) ? props : undefined),
  delete: async (props) => {
    await stop(props);
    // Those that still sleep were left out of the run that wants all of them awake.
    const { home, socket } = inputs.parse(props);
    for (const { program } of await sleepersOf(home))
      await new Supervisord(socket).start(program).catch(() => undefined);
  },
};

async function isRunning(props: Properties): Promise<boolean> {
  return isProgramUp(new Supervisord(inputs.parse(props).socket), standbyProgram);
}

async function restart(properties: Properties): Promise<Properties> {
  const { home, socket, runDirectory, python, address } = inputs.parse(properties);
  await stop(properties);
  const log = logOf(home, standbyProgram);
  const from = await sizeOf(log);
  await startProgram(new Supervisord(socket), home, {
    name: standbyProgram,
    python,
    argv: [...command, home, socket, runDirectory, address],
    environment: machineVariables(process.env),
    directory: home,
    stopSeconds: 10,
  });
  await eventually(async () => (await lastLines(log, 20, from)).includes('"watching"'), {
    seconds: 60,
    otherwise: async () => new Error(`The standby did not start.\n${await lastLines(log, 10, from)}`),
  });
  return { ...properties, command };
}

async function stop(props: Properties): Promise<void> {
  const { home, socket } = inputs.parse(props);
  await endProgram(new Supervisord(socket), home, standbyProgram);
}
