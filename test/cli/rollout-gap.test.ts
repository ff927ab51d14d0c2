import { expect, test } from "vitest";
import { rolloutGap } from "../../cli/kubernetes/rollout-gap.ts";

function update(type: string, name: string, before: object, after: object) {
  const urn = `urn:pulumi:dev::project::conduit:index:Algorithm$${type}::${name}`;
  return { op: "update", type, urn, old: { inputs: before }, new: { inputs: after } } as const;
}

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
  expect(rolloutGap(update(statefulSet, "index", inputs("a"), inputs("b")))).toBe(
    "The change of `index` has a gap: it keeps a volume, so its old worker finishes what it runs and ends before the new one starts. Calls wait meanwhile.",
  );
});

test("so is one whose new version replaces the old, also where a preview does not know yet what changes", () => {
  const gap =
    "The change of `ranker` has a gap: its `rollout` is `replace`, so its old worker finishes what it runs and ends before the new one starts. Calls wait meanwhile.";
  const before = inputs("a", "Recreate");
  for (const after of [inputs("b", "Recreate"), inputs(undefined)]) {
    expect(rolloutGap(update(deployment, "ranker", before, after))).toBe(gap);
  }
});

test("one that is exchanged new beside old has no gap, nor one whose pods stay as they are", () => {
  const surge = update(deployment, "ranker", inputs("a", "Recreate"), inputs("b", "RollingUpdate"));
  expect(rolloutGap(surge)).toBeUndefined();
  const noted = { ...inputs("a"), metadata: { annotations: { note: "b" } } };
  expect(rolloutGap(update(statefulSet, "index", inputs("a"), noted))).toBeUndefined();
  expect(rolloutGap({ ...update(statefulSet, "index", {}, inputs("a")), op: "create" })).toBeUndefined();
});
