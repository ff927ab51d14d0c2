import { setTimeout as sleep } from "node:timers/promises";
import { contextOf, type GlobalOptions } from "../context.ts";
import { deployedOf } from "../deployed.ts";
import { openStack } from "../engine.ts";
import { gatherStatus } from "../gather-status.ts";
import { upSchema } from "../json/deploy.ts";
import { printJson } from "../json/print-json.ts";
import type { AlgorithmStatus, StatusReport } from "../json/status.ts";
import { printStatus } from "../print-status.ts";
import { rememberingResolver } from "../remembering-resolver.ts";
import { runtimeOf } from "../runtime-of.ts";
import { readState } from "../state.ts";
import { summaryOf } from "../summary.ts";
import { note } from "../terminal.ts";
import { update } from "../update.ts";

/** `up`: the whole stack or the named algorithms, then their status table. Exit code 1 when any algorithm is not live as wanted. */
export async function up(options: GlobalOptions & { only?: string[] }): Promise<number> {
  const context = contextOf(options);
  const runtime = await runtimeOf(context);
  await runtime.prepare();
  const { only = [] } = options;
  const resolve = rememberingResolver();
  const stack = await openStack(context, { create: true, only, resolve });
  const report = await update(context, stack, only);
  note(summaryOf(report));
  const status = await settled(() => gatherStatus(context, stack, { only, resolve, runtime }));
  const idle = status.algorithms.filter(
    ({ name, runs, state }) => runs && !isAsWanted(state) && !report.failures.has(name),
  );
  if (context.json) {
    const deployed = deployedOf(report, await readState(stack));
    printJson(upSchema, { deployed, failures: Object.fromEntries(report.failures), status });
  } else {
    printStatus(status);
    for (const { name, says } of idle) note(`\`${name}\` is not live. ${says}`);
  }
  return report.failures.size > 0 || idle.length > 0 ? 1 : 0;
}

/** Whether a worker serves, or rests as somebody wants it. */
function isAsWanted(state: AlgorithmStatus["state"]): boolean {
  return state === "live" || state === "asleep" || state === "paused";
}

/** Asks again while a worker starts, as one does that the standby wakes just then: what the run began is live by now. */
async function settled(gather: () => Promise<StatusReport>): Promise<StatusReport> {
  for (let again = 5; ; again--) {
    const status = await gather();
    if (again === 0 || status.algorithms.every(({ state }) => state !== "starting")) return status;
    await sleep(1000);
  }
}
