import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { localHome } from "../../components/local/local-platform.ts";
import { UserError } from "../../errors.ts";
import { lastLines, logsOf, sizeOf } from "../../providers/conduit/local/logs.ts";
import { temporalProgram } from "../../providers/conduit/local/temporal-server.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { commandName } from "../../tools/command-name.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { mergeLogs, readableLine } from "../log-lines.ts";
import { print } from "../terminal.ts";

/** `logs ALGORITHM`: what its workers said, the draining ones too; `temporal` shows the dev server's. */
export async function logs(
  name: string,
  options: GlobalOptions & { follow?: boolean; lines: string },
): Promise<number> {
  const context = contextOf(options);
  const count = Number(options.lines);
  if (!Number.isInteger(count) || count < 1) {
    throw new UserError(`\`--lines\` is ${JSON.stringify(options.lines)}. Give a whole number of 1 or more.`);
  }
  const { algorithms } = await loadRegistry(context.root, context.stack);
  const isServer = name === "temporal" && !algorithms.some((algorithm) => algorithm.name === name);
  if (!isServer) onlyNamed(algorithms, [name]);
  const home = localHome(context.root, context.stack);
  const listLogs = () => logsOf(home, isServer ? temporalProgram : name);
  const files = await listLogs();
  if (files.length === 0) {
    throw new UserError(
      `\`${name}\` has no log yet on the stack \`${context.stack}\`. Start it with \`${commandName} up\`.`,
    );
  }
  const show = (texts: readonly string[], last = Number.POSITIVE_INFINITY) => {
    for (const line of mergeLogs(texts).slice(-last)) print(context.json ? line.text : readableLine(line));
  };
  const positions = await sizesOf(files);
  show(await Promise.all(files.map((file) => lastLines(file, count))), count);
  while (options.follow) {
    await sleep(200);
    show(await additions(await listLogs(), positions));
  }
  return 0;
}

async function sizesOf(files: readonly string[]): Promise<Map<string, number>> {
  return new Map(await Promise.all(files.map(async (file) => [file, await sizeOf(file)] as const)));
}

/** What was added since the positions, which move on. A log that was rotated starts anew. */
async function additions(files: readonly string[], positions: Map<string, number>): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => {
      const size = await sizeOf(file);
      const known = positions.get(file) ?? 0;
      const from = size < known ? 0 : known;
      if (size === from) return "";
      const handle = await open(file);
      try {
        const { buffer } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
        const end = buffer.lastIndexOf("\n") + 1;
        positions.set(file, from + end);
        return buffer.subarray(0, end).toString("utf8");
      } finally {
        await handle.close();
      }
    }),
  );
}
