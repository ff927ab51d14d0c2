import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { Supervisord } from "../../providers/conduit/local/supervisord.ts";
import { commandName } from "../../tools/command-name.ts";
import { portHolder } from "../../tools/port-holder.ts";
import type { Context } from "../context.ts";
import { check } from "../doctor/check.ts";
import type { Finding } from "../json/others.ts";
import type { StackState } from "../state.ts";

const start = `Start it with \`${commandName} up\`.`;

/**
 * What runs the workers of this machine, and Temporal's dev server.
 *
 * @param address Temporal's; null when it does not serve.
 */
export async function examineProcesses(
  context: Context,
  state: StackState,
  address: string | null,
): Promise<Finding[]> {
  return [
    await check("supervisord runs", () => examineSupervisor(state)),
    await check("Temporal serves", () => examineServer(context, state, address)),
  ];
}

async function examineSupervisor({ supervisor }: StackState): Promise<string> {
  const pid = supervisor && (await new Supervisord(supervisor.socket).pid());
  if (pid === undefined) throw new UserError(`It does not run, and nothing that it looks after. ${start}`);
  return `process ${pid}`;
}

async function examineServer(context: Context, { supervisor, server }: StackState, address: string | null) {
  if (address === null) {
    const holders = await foreignHolders(server);
    throw new UserError([`It does not run.`, ...holders, start].join(" "));
  }
  const database = path.join(supervisor?.home ?? context.root, "temporal.db");
  if (existsSync(database)) return address;
  throw new UserError(
    `Its database \`${database}\` was taken away: it can keep nothing. \`${commandName} up\` starts it on a new one.`,
  );
}

/** Who listens where the server would. */
async function foreignHolders(server: StackState["server"]): Promise<string[]> {
  const ports = [server?.port, server?.uiPort].flatMap((port) => port ?? []);
  const holders = await Promise.all(ports.map(async (port) => [port, await portHolder(port)] as const));
  return holders.flatMap(([port, holder]) =>
    holder === undefined
      ? []
      : [`Port ${port} is taken by ${holder}: stop that, or choose another port in the stack's settings.`],
  );
}
