import path from "node:path";
import { parseArgs } from "node:util";
import { messageOf, UserError } from "../../errors.ts";
import { cacheDirectory } from "../../tools/cache.ts";

/** What the arguments of a script say. */
export interface CommandSettings {
  /** The cluster's. Absolute. @default one below the user's cache */
  readonly folder: string;
  /** Whether pods are to run, on a real node. @default false */
  readonly node: boolean;
}

/** Runs a script that takes `--folder <folder>` and `--node`. A mistake of the user's ends it as one message. */
export async function commandLine(main: (settings: CommandSettings) => Promise<void>): Promise<void> {
  try {
    await main(commandSettings(process.argv.slice(2)));
  } catch (thrown) {
    console.error(thrown instanceof UserError ? thrown.message : thrown);
    process.exitCode = 1;
  }
}

/** What arguments say. */
export function commandSettings(args: readonly string[]): CommandSettings {
  try {
    const options = { folder: { type: "string" }, node: { type: "boolean", default: false } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const folder = path.resolve(values.folder ?? path.join(cacheDirectory(), "test", "running-cluster"));
    return { folder, node: values.node };
  } catch (thrown) {
    throw new UserError(`${messageOf(thrown)} The options are \`--folder <folder>\` and \`--node\`.`);
  }
}
