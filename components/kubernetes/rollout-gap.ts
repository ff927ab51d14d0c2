import { AsyncResource } from "node:async_hooks";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";

/**
 * Has a preview tell that a lane's workers will be away for a while: what it is to be bound to as `hooks`. The engine alone
 * knows whether they change.
 *
 * @param name The lane's name in the cluster.
 * @param told The resource of which it is told.
 */
export function tellGap(name: string, told: pulumi.Resource): pulumi.ResourceHookBinding {
  if (!pulumi.runtime.isDryRun()) return {};
  const tell = async (update: WorkloadUpdate) => {
    const gap = rolloutGap(name, update);
    if (gap !== undefined) await pulumi.log.info(gap, told);
  };
  // The engine calls it from outside, where a program that was handed over as a function would have no engine to tell.
  const hook = new pulumi.ResourceHook(`${name}-gap`, AsyncResource.bind(tell), { onDryRun: true });
  return { beforeUpdate: [hook] };
}

/** What the engine tells of a workload that it is about to change; in a preview not all of the new inputs are known. */
export type WorkloadUpdate = Pick<pulumi.ResourceHookArgs, "type" | "oldInputs" | "newInputs">;

/** Why no worker of a lane serves for a while when a workload is changed so; undefined when one always does. */
export function rolloutGap(name: string, { type, oldInputs, newInputs }: WorkloadUpdate): string | undefined {
  const { spec: before = {} } = oldInputs ?? {};
  const { spec: after = {} } = newInputs ?? {};
  if (isDeepStrictEqual(before.template, after.template)) return undefined;
  const why = reason(type, after.strategy?.type ?? before.strategy?.type);
  if (why === undefined) return undefined;
  return `The change of \`${name}\` has a gap: ${why}, so its old worker finishes what it runs and ends before the new one starts. Calls wait meanwhile.`;
}

function reason(type: string, strategy: unknown): string | undefined {
  if (type === "kubernetes:apps/v1:StatefulSet") return "it keeps a volume";
  return strategy === "Recreate" ? "its `rollout` is `replace`" : undefined;
}
