import { isDeepStrictEqual } from "node:util";
import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { partsOf } from "../../tools/urn.ts";

/** A change as the engine tells of it; in a preview not all of the new inputs are known. */
export type Change = Pick<StepEventMetadata, "op" | "urn" | "type"> & {
  readonly old?: Pick<NonNullable<StepEventMetadata["old"]>, "inputs">;
  readonly new?: Pick<NonNullable<StepEventMetadata["new"]>, "inputs">;
};

/** Why no worker of a lane serves for a while when its workload is changed so; undefined when one always does. */
export function rolloutGap({ op, urn, type, old, new: made }: Change): string | undefined {
  if (op !== "update") return undefined;
  const { spec: before = {} } = old?.inputs ?? {};
  const { spec: after = {} } = made?.inputs ?? {};
  if (isDeepStrictEqual(before.template, after.template)) return undefined;
  const why = reason(type, after.strategy?.type ?? before.strategy?.type);
  if (why === undefined) return undefined;
  const { name } = partsOf(urn);
  return `The change of \`${name}\` has a gap: ${why}, so its old worker finishes what it runs and ends before the new one starts. Calls wait meanwhile.`;
}

function reason(type: string, strategy: unknown): string | undefined {
  if (type === "kubernetes:apps/v1:StatefulSet") return "it keeps a volume";
  if (type !== "kubernetes:apps/v1:Deployment") return undefined;
  return strategy === "Recreate" ? "its `rollout` is `replace`" : undefined;
}
