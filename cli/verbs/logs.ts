import { open, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localHome } from "../../components/local/local-platform.ts";
import { UserError } from "../../errors.ts";
import { lastLines } from "../../providers/conduit/local/log-tail.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { print } from "../terminal.ts";

/** `logs ALGORITHM`: the log of its newest worker; `temporal` shows the dev server's. */
export async function logs(
  name: string,
  options: GlobalOptions & { follow?: boolean; lines: string },
): Promise<number> {
  const context = contextOf(options);
  const count = Number(options.lines);
  if (!Number.isInteger(count) || count < 1) {
    throw new UserError(`\`--lines\` is ${JSON.stringify(options.lines)}. Give a whole number of 1 or more.`);
  }
  if (name !== "temporal") onlyNamed((await loadRegistry(context.root, context.stack)).algorithms, [name]);
  const file = await newestLog(path.join(localHome(context.root, context.stack), "logs"), name);
  if (!file)
    throw new UserError(
      `\`${name}\` has no log yet on the stack \`${context.stack}\`. Start it with \`./conduit up\`.`,
    );
  print(await lastLines(file, count));
  if (options.follow) await follow(file);
  return 0;
}

async function newestLog(folder: string, name: string): Promise<string | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter(
    (file) => file.endsWith(".log") && file.split(".")[0] === name,
  );
  const files = await Promise.all(
    names.map(async (file) => ({
      file: path.join(folder, file),
      changed: (await stat(path.join(folder, file))).mtimeMs,
    })),
  );
  return files.sort((a, b) => b.changed - a.changed)[0]?.file;
}

/** Prints what is added, until the user interrupts. A log that was rotated starts anew. */
async function follow(file: string): Promise<void> {
  let position = (await stat(file)).size;
  for (;;) {
    await sleep(200);
    const { size } = await stat(file);
    if (size < position) position = 0;
    if (size === position) continue;
    const handle = await open(file);
    const { buffer } = await handle.read(Buffer.alloc(size - position), 0, size - position, position);
    await handle.close();
    process.stdout.write(buffer);
    position = size;
  }
}
