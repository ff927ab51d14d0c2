import { contextOf, type GlobalOptions } from "../context.ts";
import { deployedOf } from "../deployed.ts";
import { openStack } from "../engine.ts";
import { deploySchema } from "../json/deploy.ts";
import { printJson } from "../json/print-json.ts";
import { readState } from "../state.ts";
import { shortCommit } from "../status-table.ts";
import { summaryOf } from "../summary.ts";
import { formatElapsed, note, print } from "../terminal.ts";
import { update } from "../update.ts";

/** `deploy`: the newest commits of all or the named algorithms, and for each how long it took to be live. */
export async function deploy(names: readonly string[], options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const stack = await openStack(context, { create: true, only: names });
  const report = await update(context, stack, names);
  const deployed = deployedOf(report, await readState(stack));
  if (context.json) {
    printJson(deploySchema, { deployed, failures: Object.fromEntries(report.failures) });
  } else {
    for (const { name, commit, stages } of deployed) {
      const times = Object.entries(stages).map(([stage, time = 0]) => `${stage} ${formatElapsed(time)}`);
      print(`${name}: ${shortCommit(commit)} is live (${times.join(", ")}).`);
    }
    note(summaryOf(report));
  }
  return report.failures.size > 0 ? 1 : 0;
}
