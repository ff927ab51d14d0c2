import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { readState } from "../state.ts";
import { shortCommit } from "../status-table.ts";
import { formatElapsed, note, print } from "../terminal.ts";
import { summaryOf, update } from "../update.ts";

/** `deploy`: the newest commits of all or the named algorithms, and for each how long it took to be live. */
export async function deploy(names: readonly string[], options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const stack = await openStack(context, { create: true, only: names });
  const report = await update(stack, names);
  const state = await readState(stack);
  const deployed = report.changed.flatMap((name) => {
    const chain = state.algorithms.get(name);
    if (!chain?.worker) return [];
    const stages = {
      resolve: chain.release?.stages.resolve ?? 0,
      build: report.built.includes(name) ? (chain.environment?.stages.build ?? 0) : 0,
      ...chain.worker.stages,
    };
    return [
      { name, commit: chain.worker.commit, version: chain.worker.version, milliseconds: report.milliseconds, stages },
    ];
  });
  if (context.json) {
    print(JSON.stringify({ deployed, failures: Object.fromEntries(report.failures) }, null, 2));
  } else {
    for (const { name, commit, stages } of deployed) {
      const times = `resolve ${formatElapsed(stages.resolve)}, build ${formatElapsed(stages.build)}, start ${formatElapsed(stages.start)}, switch ${formatElapsed(stages.switch)}`;
      print(`${name}: ${shortCommit(commit)} is live (${times}).`);
    }
    note(summaryOf(report));
  }
  return report.failures.size > 0 ? 1 : 0;
}
