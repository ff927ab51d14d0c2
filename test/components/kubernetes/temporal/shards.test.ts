import { expect, test } from "vitest";
import { shardProblem } from "../../../../components/kubernetes/temporal/shards.ts";

test("another number of shards than the cluster was made with is refused", () => {
  expect(shardProblem({ numHistoryShards: 512, endpoint: { address: "a:1" } }, 4)).toBe(
    "`temporal.numHistoryShards` is 4, but the cluster was made with 512, which can never be changed: its histories " +
      "would be lost. Write 512, or make a new stack.",
  );
});

test.each([undefined, null, {}, { numHistoryShards: "512" }, { numHistoryShards: 4 }])(
  "the same number, or no cluster before, is no problem: %j",
  (previous) => {
    expect(shardProblem(previous, 4)).toBeUndefined();
  },
);
