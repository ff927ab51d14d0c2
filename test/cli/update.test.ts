import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { collectRun } from "../../cli/collect-run.ts";
import { plainProgress } from "../../cli/progress.ts";
import { parseState } from "../../cli/state.ts";
import { summaryOf } from "../../cli/summary.ts";

const urn = (type: string, name: string) => `urn:pulumi:local::project::conduit:index:Algorithm$${type}::${name}`;

const metadata = (op: "create" | "update" | "delete" | "same", type: string, name: string) => ({
  op,
  urn: urn(type, name),
  type,
  provider: "",
});

/** A resource as an update leaves it. */
const outputs = (values: Record<string, unknown>) => ({
  type: "",
  urn: "",
  custom: true,
  delete: false,
  id: "",
  parent: "",
  protect: false,
  inputs: {},
  outputs: values,
  provider: "",
});

const event = (fields: Partial<EngineEvent>): EngineEvent => ({ sequence: 0, timestamp: 0, ...fields });

function failing(type: string, name: string, message: string): EngineEvent {
  const diagnostic = { urn: urn(type, name), message, color: "never", severity: "error" as const };
  return event({ diagnosticEvent: diagnostic });
}

test("a run tells what takes long, and gathers what went live and what failed, once", () => {
  const told: string[] = [];
  const run = collectRun(plainProgress((line) => told.push(line)));
  const commit = "1".repeat(40);
  const made = { ...metadata("update", "conduit:local:Worker", "good"), new: outputs({ commit }) };
  run.onEvent(event({ resourcePreEvent: { metadata: metadata("update", "conduit:local:Worker", "good") } }));
  run.onEvent(event({ resOutputsEvent: { metadata: made } }));
  run.onEvent(event({ resOutputsEvent: { metadata: metadata("same", "conduit:local:Worker", "idle") } }));
  run.onEvent(failing("conduit:index:Refusal", "gone", "error: gone: The repository cannot be reached."));
  run.onEvent(failing("conduit:index:Refusal", "gone", "error: gone: The repository cannot be reached."));
  run.onEvent(failing("pulumi:pulumi:Stack", "project-local", "error: update failed"));
  const report = run.report();
  expect(told).toEqual(["  good: starting its worker", "  gone: The repository cannot be reached."]);
  expect(report).toMatchObject({ changed: new Map([["good", commit]]), built: [], changes: 1 });
  expect([...report.failures]).toEqual([["gone", "The repository cannot be reached."]]);
  expect([...run.failed.whole]).toEqual([]);
  expect(summaryOf({ ...report, milliseconds: 4200 })).toBe("1 failed, 1 went live (good at 1111111), in 4.2 s.");
});

test("what the program itself says is told as a whole", () => {
  const run = collectRun(plainProgress(() => {}));
  run.onEvent(failing("pulumi:pulumi:Stack", "project-local", "error: There is no algorithm `x` in the registry."));
  expect([...run.failed.whole]).toEqual(["There is no algorithm `x` in the registry."]);
});

test("gaps are told by algorithm, whatever the lane", () => {
  const run = collectRun(plainProgress(() => {}));
  const parent = "urn:pulumi:local::project::conduit:index:Algorithm::index";
  for (const name of ["index-online", "index-offline"]) {
    const change = metadata("update", "kubernetes:apps/v1:StatefulSet", name);
    const state = (template: string) => ({ ...outputs({}), parent, inputs: { spec: { template } } });
    run.onEvent(event({ resourcePreEvent: { metadata: { ...change, old: state("a"), new: state("b") } } }));
  }
  const { gaps } = run.report();
  expect([...gaps.keys()]).toEqual(["index"]);
  const lines = gaps.get("index")?.split("\n") ?? [];
  expect(lines.map((line) => line.split(":")[0])).toEqual([
    "The change of `index-online` has a gap",
    "The change of `index-offline` has a gap",
  ]);
});

test("creations in which an earlier run was killed are noticed", () => {
  const run = collectRun(plainProgress(() => {}));
  expect(run.report().unfinished).toBe(false);
  const message = "Attempting to deploy or update resources with 1 pending operations from previous deployment.";
  run.onEvent(event({ diagnosticEvent: { urn: "", message, color: "never", severity: "warning" } }));
  expect(run.report().unfinished).toBe(true);
});

test("a stack without state has nothing, and a chain shows as far as it was made", () => {
  expect(parseState(undefined)).toEqual({
    supervisor: undefined,
    server: undefined,
    access: undefined,
    algorithms: new Map(),
    releases: new Map(),
    cluster: undefined,
  });
  const resources = [
    { urn: "urn:pulumi:local::project::conduit:index:Algorithm::a", type: "conduit:index:Algorithm" },
    {
      urn: urn("conduit:index:Release", "a"),
      type: "conduit:index:Release",
      outputs: {
        algorithm: "a",
        version: "v",
        commit: "c",
        stages: { resolve: 1 },
        settings: { timeouts: { startToClose: 60_000 } },
      },
    },
  ];
  const chain = parseState({ resources }).algorithms.get("a");
  expect(chain).toMatchObject({ release: { version: "v" }, environment: undefined, worker: undefined });
});

test("an algorithm that left the registry does not fail a limited run", () => {
  const run = collectRun(plainProgress(() => {}));
  const message =
    "error: Resource 'urn:pulumi:local::project::conduit:index:Algorithm::gone' will be destroyed but was not specified in --target list.";
  run.onEvent(failing("conduit:index:Algorithm", "gone", message));
  expect([run.failed.byName.size, run.failed.whole.size, [...run.failed.leftAlone]]).toEqual([0, 0, ["gone"]]);
});

test("few algorithms are named with their commit, many are counted", () => {
  const report = {
    ...collectRun(plainProgress(() => {})).report(),
    changes: 4,
    milliseconds: 4200,
  };
  const live = (...names: string[]) => new Map(names.map((name) => [name, "a".repeat(40)]));
  expect(summaryOf({ ...report, changed: live("a", "b") })).toBe(
    "a is live at aaaaaaa, b is live at aaaaaaa, in 4.2 s.",
  );
  expect(summaryOf({ ...report, changed: new Map([["new", `${"0".repeat(40)}-dirty`]]) })).toBe(
    "new is live without a commit, in 4.2 s.",
  );
  expect(summaryOf({ ...report, changed: live("a", "b", "c", "d") })).toBe("4 went live, in 4.2 s.");
  expect(summaryOf({ ...report, changed: live() })).toBe("All is as the registry says, in 4.2 s.");
  expect(summaryOf({ ...report, changed: live(), changes: 0 })).toBe("Nothing changed, in 4.2 s.");
});
