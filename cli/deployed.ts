import type { UpdateReport } from "./collect-run.ts";
import type { Deployed } from "./json/deploy.ts";
import type { StackState } from "./state.ts";

/** What a run made live, with its stages, as the state has it afterwards. */
export function deployedOf(report: UpdateReport, state: StackState): Deployed[] {
  return [...report.changed.keys()].flatMap((name) => {
    const { release, environment, worker } = state.algorithms.get(name) ?? {};
    // Where the worker is one part, it says itself what is live and how long its stages took.
    const live = worker ?? release;
    if (!live) return [];
    const { commit, version } = live;
    const measured = report.stages.get(name);
    const stages = {
      resolve: release?.stages.resolve ?? 0,
      build: report.built.includes(name) ? (environment?.stages.build ?? measured?.build ?? 0) : 0,
      ...(worker ? { start: worker.stages.start } : { gate: measured?.gate ?? 0 }),
      switch: worker?.stages.switch ?? measured?.switch ?? 0,
    };
    return [{ name, commit, version, milliseconds: report.milliseconds, stages }];
  });
}
