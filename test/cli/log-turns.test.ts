import { expect, test } from "vitest";
import { podSchema } from "../../cli/kubernetes/cluster-view.ts";
import { LogTurns } from "../../cli/kubernetes/log-turns.ts";

function podOf(name: string, phase: string, state: object = {}, restartCount = 0) {
  return podSchema.parse({
    metadata: { name, namespace: "speech" },
    status: { phase, containerStatuses: [{ restartCount, state }] },
  });
}

function opened(turns: LogTurns, ...pods: readonly ReturnType<typeof podOf>[]): string[] {
  return turns.next(pods).map(({ metadata }) => metadata.name);
}

test("the log of a gate that is over is followed once", () => {
  const turns = new LogTurns();
  const gate = podOf("ranker-gate", "Succeeded", { terminated: { exitCode: 0 } });
  expect(opened(turns, gate)).toEqual(["ranker-gate"]);
  turns.end(gate);
  expect(opened(turns, gate)).toEqual([]);
});

test("a worker that crashes is followed once for each of its starts", () => {
  const turns = new LogTurns();
  const backingOff = (starts: number) =>
    podOf("ranker", "Running", { waiting: { reason: "CrashLoopBackOff" } }, starts);
  expect(opened(turns, backingOff(1))).toEqual(["ranker"]);
  turns.end(backingOff(1));
  expect(opened(turns, backingOff(1))).toEqual([]);
  expect(opened(turns, podOf("ranker", "Running", { running: {} }, 2))).toEqual(["ranker"]);
});

test("a worker whose stream is cut is followed again, and never twice at a time", () => {
  const turns = new LogTurns();
  const worker = podOf("ranker", "Running", { running: {} });
  expect(opened(turns, worker)).toEqual(["ranker"]);
  expect(opened(turns, worker)).toEqual([]);
  turns.end(worker);
  expect(opened(turns, worker)).toEqual(["ranker"]);
});
