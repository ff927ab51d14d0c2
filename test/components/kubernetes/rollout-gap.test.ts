import { expect, test } from "vitest";
import { rolloutGap } from "../../../components/kubernetes/rollout-gap.ts";

const statefulSet = "kubernetes:apps/v1:StatefulSet";
const deployment = "kubernetes:apps/v1:Deployment";

function inputs(image: string | undefined, strategy?: string) {
  return {
    spec: {
      ...(image === undefined ? {} : { template: { spec: { containers: [{ image }] } } }),
      ...(strategy === undefined ? {} : { strategy: { type: strategy } }),
    },
  };
}

test("a worker that keeps a volume is away while it is exchanged", () => {
  const update = { type: statefulSet, oldInputs: inputs("a"), newInputs: inputs("b") };
  expect(rolloutGap("index", update)).toBe(
    "The change of `index` has a gap: it keeps a volume, so its old worker finishes what it runs and ends before the new one starts. Calls wait meanwhile.",
  );
});

test("so is one whose new version replaces the old, also where a preview does not know yet what changes", () => {
  const gap =
    "The change of `ranker` has a gap: its `rollout` is `replace`, so its old worker finishes what it runs and ends before the new one starts. Calls wait meanwhile.";
  const before = inputs("a", "Recreate");
  for (const after of [inputs("b", "Recreate"), inputs(undefined)]) {
    expect(rolloutGap("ranker", { type: deployment, oldInputs: before, newInputs: after })).toBe(gap);
  }
});

test("one that is exchanged new beside old has no gap, nor one whose pods stay as they are", () => {
  const surge = { oldInputs: inputs("a", "Recreate"), newInputs: inputs("b", "RollingUpdate") };
  expect(rolloutGap("ranker", { type: deployment, ...surge })).toBeUndefined();
  const same = { oldInputs: inputs("a"), newInputs: { ...inputs("a"), metadata: { annotations: { note: "b" } } } };
  expect(rolloutGap("index", { type: statefulSet, ...same })).toBeUndefined();
});
