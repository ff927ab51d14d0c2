import { commandName } from "../../tools/command-name.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { formatElapsed, note } from "../terminal.ts";
import { runEngine } from "../update.ts";

/** `down`: stops every process of the stack. Temporal's database stays, so `up` goes on where it was. */
export async function down(options: GlobalOptions): Promise<number> {
  const stack = await openStack(contextOf(options));
  const report = await runEngine((options) => stack.destroy({ ...options }));
  if (report.failures.size > 0) return 1;
  note(
    `Everything is stopped, in ${formatElapsed(report.milliseconds)}. Histories are kept; \`${commandName} up\` goes on.`,
  );
  return 0;
}
