import { setTimeout as sleep } from "node:timers/promises";
import { localHome } from "../../components/local/local-platform.ts";
import { UserError } from "../../errors.ts";
import { lastLines, logsOf } from "../../providers/conduit/local/logs.ts";
import { temporalProgram } from "../../providers/conduit/local/temporal-server.ts";
import { commandName } from "../../tools/command-name.ts";
import type { Context } from "../context.ts";
import { openStack } from "../engine.ts";
import type { LogsRequest } from "../logs-request.ts";
import { exitLines } from "./exit-lines.ts";
import { additions, sizesOf } from "./grown-logs.ts";

/** What an algorithm's workers said, the draining ones too, and how they ended; or the dev server. */
export async function processLogs(context: Context, request: LogsRequest): Promise<void> {
  const { name, isServer, follow, lines, show } = request;
  const home = localHome(context.root, context.stack);
  const program = isServer ? temporalProgram : name;
  const files = await logsOf(home, program);
  if (files.length === 0) {
    await openStack(context); // It may be the stack that is not there.
    throw new UserError(
      `\`${name}\` never ran on the stack \`${context.stack}\`. Start it with \`${commandName} up\`.`,
    );
  }
  const positions = await sizesOf(files);
  const ends = await exitLines(home, program);
  const texts = await Promise.all(files.map((file) => lastLines(file, lines)));
  show([...texts, ends.join("\n")], lines);
  let isRead = true;
  process.stdout.once("error", () => {
    isRead = false;
  });
  while (follow && isRead) {
    await sleep(200);
    const newEnds = (await exitLines(home, program)).filter((line) => !ends.includes(line));
    ends.push(...newEnds);
    show([...(await additions(await logsOf(home, program), positions)), newEnds.join("\n")]);
  }
}
