import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf, UserError } from "../../errors.ts";
import { cacheDirectory } from "../../tools/cache.ts";

/**
 * Runs a script that takes `--folder <folder>`: the cluster's, by default one below the user's cache. A mistake of the user's
 * ends it as one message.
 */
export async function commandLine(main: (folder: string) => Promise<void>): Promise<void> {
  try {
    await main(folderOf(process.argv.slice(2)));
  } catch (thrown) {
    console.error(thrown instanceof UserError ? thrown.message : thrown);
    process.exitCode = 1;
  }
}

/** The absolute path of the cluster's folder that arguments name. */
export function folderOf(args: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...args], options: { folder: { type: "string" } } });
    return path.resolve(values.folder ?? path.join(cacheDirectory(), "test", "running-cluster"));
  } catch (thrown) {
    throw new UserError(`${messageOf(thrown)} The only option is \`--folder <folder>\`.`);
  }
}
