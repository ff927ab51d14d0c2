import type { UpdateReport } from "./collect-run.ts";
import type { Deployed } from "./json/deploy.ts";
import type { StackState } from "./state.ts";

/** What a run made live, with its stages, as the state has it afterwards. */
export function deployedOf(report: UpdateReport, state: StackState): Deployed[] {
  return [...report.changed.keys()].flatMap((name) => {
    const { release, environment, worker } = state.algorithms.get(name) ?? {};
    if (!worker) return [];
    const { commit, version } = worker;
    const stages = {
      resolve: release?.stages.resolve ?? 0,
      build: report.built.includes(name) ? (environment?.stages.build ?? 0) : 0,
      start: worker.stages.start,
      switch: worker.stages.switch,
    };
    return [{ name, commit, version, milliseconds: report.milliseconds, stages }];
  });
}
