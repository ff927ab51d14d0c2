import { setTimeout as sleep } from "node:timers/promises";
import { localHome } from "../../components/local/local-platform.ts";
import { UserError } from "../../errors.ts";
import { lastLines, logsOf } from "../../providers/conduit/local/logs.ts";
import { temporalProgram } from "../../providers/conduit/local/temporal-server.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { commandName } from "../../tools/command-name.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { exitLines } from "../exit-lines.ts";
import { additions, sizesOf } from "../grown-logs.ts";
import { logLineSchema } from "../json/others.ts";
import { printJsonLine } from "../json/print-json.ts";
import { mergeLogs, readableLine, recordOf } from "../log-lines.ts";
import { print } from "../terminal.ts";

export interface LogsOptions extends GlobalOptions {
  readonly follow?: boolean;
  /** Lines from the end. */
  readonly lines: number;
}

/** `logs ALGORITHM`: what its workers said, the draining ones too, and how they ended; `temporal` shows the dev server's. */
export async function logs(name: string, options: LogsOptions): Promise<number> {
  const context = contextOf(options);
  const { algorithms } = await loadRegistry(context.root, context.stack);
  const isServer = name === "temporal" && !algorithms.some((algorithm) => algorithm.name === name);
  if (!isServer) onlyNamed(algorithms, [name]);
  const home = localHome(context.root, context.stack);
  const program = isServer ? temporalProgram : name;
  const files = await logsOf(home, program);
  if (files.length === 0) {
    await openStack(context); // It may be the stack that is not there.
    throw new UserError(
      `\`${name}\` never ran on the stack \`${context.stack}\`. Start it with \`${commandName} up\`.`,
    );
  }
  const show = (texts: readonly string[], last = Number.POSITIVE_INFINITY) => {
    for (const line of mergeLogs(texts).slice(-last)) {
      if (context.json) printJsonLine(logLineSchema, recordOf(line));
      else print(readableLine(line));
    }
  };
  const positions = await sizesOf(files);
  const ends = await exitLines(home, program);
  const texts = await Promise.all(files.map((file) => lastLines(file, options.lines)));
  show([...texts, ends.join("\n")], options.lines);
  let isRead = true;
  process.stdout.once("error", () => {
    isRead = false;
  });
  while (options.follow && isRead) {
    await sleep(200);
    const newEnds = (await exitLines(home, program)).filter((line) => !ends.includes(line));
    ends.push(...newEnds);
    show([...(await additions(await logsOf(home, program), positions)), newEnds.join("\n")]);
  }
  return 0;
}
