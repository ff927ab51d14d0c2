import { ensurePulumi } from "../../tools/toolchain.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { engineVariables } from "../engine.ts";
import { envSchema } from "../json/others.ts";
import { printJson } from "../json/print-json.ts";
import { exportLine } from "../shell-word.ts";
import { note, print } from "../terminal.ts";

/** `env`: `eval "$(./conduit env)"`, and plain `pulumi` uses the same CLI, state and settings as `./conduit`. */
export async function env(options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const toolchain = await ensurePulumi({ onProgress: note });
  const variables = { ...(await engineVariables(context.root)), PATH: toolchain.environment.PATH };
  if (context.json) printJson(envSchema, variables);
  else for (const [name, value] of Object.entries(variables)) print(exportLine(name, value));
  return 0;
}
