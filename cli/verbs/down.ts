import { UserError } from "../../errors.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { WrongUse } from "../errors.ts";
import { runtimeOf } from "../runtime-of.ts";
import { commandOn } from "../sentence.ts";
import { exportedState } from "../state.ts";
import { formatElapsed, note } from "../terminal.ts";
import { runEngine } from "../update.ts";

export interface DownOptions extends GlobalOptions {
  /** That it is meant, where others work on the stack too. */
  readonly yes?: boolean;
}

/** `down`: takes everything of the stack down, and tells what is kept. On a cluster only when `--yes` says that it is meant. */
export async function down(given: DownOptions): Promise<number> {
  const context = contextOf(given);
  const runtime = await runtimeOf(context);
  const { warning } = runtime.down;
  const stack = await openStack(context);
  const state = await exportedState(stack);
  const refusal = await runtime.down.refusal(state);
  if (refusal !== undefined) throw new UserError(refusal);
  const kept = runtime.down.kept(state);
  if (warning !== undefined && given.yes !== true) {
    throw new WrongUse([warning, ...kept, `If it is meant: \`${commandOn(context.stack, "down")} --yes\`.`].join("\n"));
  }
  const report = await runEngine((options) => stack.destroy({ ...options }));
  if (report.failures.size > 0) return 1;
  note([`Everything is down, in ${formatElapsed(report.milliseconds)}.`, ...kept].join(" "));
  return 0;
}
