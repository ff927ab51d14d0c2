import { stat } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { z } from "zod";
import { UserError } from "../../../errors.ts";
import { temporalCliPath } from "../../../tools/python-tools.ts";
import { type Properties, type ResourceHandler, sameProperties } from "../handler.ts";
import { withConnection } from "../temporal/connect.ts";
import { lastLines } from "./logs.ts";
import { argumentsOf, endProgram, isProgramUp, logOf, removeProgram, startProgram } from "./program.ts";
import { hasEnded, Supervisord } from "./supervisord.ts";
import { eventually } from "./wait.ts";

const inputs = z.looseObject({
  home: z.string(),
  socket: z.string(),
  python: z.string(),
  port: z.number(),
  uiPort: z.number(),
});

/** No algorithm can have this name: theirs begin with a letter. */
export const temporalProgram = "_temporal";

/** Seconds from the server's start to the first answer; 3 s is usual, a busy machine takes longer. */
const startSeconds = 60;

/** `conduit:local:TemporalServer`: Temporal's dev server with a database file, so that history outlives a restart. */
export const temporalServerHandler: ResourceHandler = {
  id: () => temporalProgram,
  diff: async (olds, news) => {
    if (olds.home !== news.home) return { changes: true, replaces: ["home"], deleteBeforeReplace: true };
    if (!sameProperties(olds, news, ["socket", "port", "uiPort"]) || !(await isServing(olds))) return { changes: true };
    return { changes: (await databaseId(String(olds.home))) !== olds.database };
  },
  create: ensureServing,
  update: async (olds, news) => {
    // Before the running one is stopped, which would else be gone with nothing in its place.
    await refusePortsInUse(portsOf(news), await argumentsOf(String(olds.home), temporalProgram));
    // Nor can one whose database is another file now.
    const hasDatabase = (await databaseId(String(olds.home))) === olds.database;
    if (!hasDatabase || !sameProperties(olds, news, ["port", "uiPort"])) await stop(olds);
    return ensureServing(news);
  },
  read: async (props) => ((await isServing(props)) ? props : undefined),
  delete: stop,
};

async function isServing(props: Properties): Promise<boolean> {
  return isProgramUp(new Supervisord(inputs.parse(props).socket), temporalProgram);
}

async function ensureServing(properties: Properties): Promise<Properties> {
  const { home, socket, python, port, uiPort } = inputs.parse(properties);
  const supervisord = new Supervisord(socket);
  // One whose database was taken away can write nothing any more.
  if ((await databaseId(home)) === undefined) await stop(properties);
  if (!(await isServing(properties))) {
    const ended = await supervisord.process(temporalProgram);
    if (ended && hasEnded(ended)) await removeProgram(supervisord, home, temporalProgram);
    await refusePortsInUse(portsOf(properties));
    const executable = await temporalCliPath({ onProgress: () => {} });
    await startProgram(supervisord, home, {
      name: temporalProgram,
      python,
      argv: [executable, ...serverArguments(home, port, uiPort)],
      environment: { HOME: home, PATH: process.env.PATH ?? "", TZ: "UTC" },
      directory: home,
      stopSeconds: 10,
    });
  }
  const address = `127.0.0.1:${port}`;
  await waitUntilServing(home, address);
  return { ...properties, address, uiUrl: `http://127.0.0.1:${uiPort}`, database: await databaseId(home) };
}

function databaseOf(home: string): string {
  return path.join(home, "temporal.db");
}

/** Tells one database file from another that was put in its place; undefined when there is none. */
async function databaseId(home: string): Promise<string | undefined> {
  const file = await stat(databaseOf(home), { bigint: true }).catch(() => undefined);
  return file && `${file.dev}-${file.ino}`;
}

/**
 * The dev server's command line. `enableCancelWorkerPollsOnShutdown`: without it a task can be handed to the poll of a
 * worker that is just closing, and waits for its time-out.
 */
function serverArguments(home: string, port: number, uiPort: number): string[] {
  return [
    "server",
    "start-dev",
    "--ip=127.0.0.1",
    `--port=${port}`,
    `--ui-port=${uiPort}`,
    `--db-filename=${databaseOf(home)}`,
    "--log-level=warn",
    "--dynamic-config-value=frontend.enableCancelWorkerPollsOnShutdown=true",
  ];
}

async function waitUntilServing(home: string, address: string): Promise<void> {
  await eventually(
    async () => {
      const serves = withConnection({ address }, { milliseconds: 1000 }, async () => true);
      return serves.catch(() => false);
    },
    {
      seconds: startSeconds,
      otherwise: async () => {
        const log = await lastLines(logOf(home, temporalProgram), 5);
        return new Error(`Temporal's dev server did not serve on ${address} within ${startSeconds} s.\n${log}`);
      },
    },
  );
}

/** By the name of the setting. */
function portsOf(properties: Properties): Record<string, number> {
  const { port, uiPort } = inputs.parse(properties);
  return { temporalPort: port, uiPort };
}

/** @param own The command line of our own server, which gives up its ports. */
async function refusePortsInUse(ports: Readonly<Record<string, number>>, own: readonly string[] = []): Promise<void> {
  const isOwn = (port: number) => own.includes(`--port=${port}`) || own.includes(`--ui-port=${port}`);
  const problems: string[] = [];
  for (const [setting, port] of Object.entries(ports)) {
    if (!isOwn(port) && !(await isFree(port))) {
      problems.push(
        `Port ${port} is in use. Stop what listens there, or set \`conduit:${setting}\` to another port in the stack's settings, \`Pulumi.<stack>.yaml\`.`,
      );
    }
  }
  if (problems.length > 0) throw new UserError("Temporal's dev server cannot start.", problems);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function stop(props: Properties): Promise<void> {
  const { home, socket } = inputs.parse(props);
  await endProgram(new Supervisord(socket), home, temporalProgram);
}
