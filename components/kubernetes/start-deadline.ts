import type { Settings } from "../../registry/settings.ts";
import type { WorkerSite } from "./worker-site.ts";

/** How much longer the engine waits than the cluster, so that it can tell the cluster's own reason. */
const tellSeconds = 30;

/** Seconds within which a pod of an algorithm has to be up: to get a node and its image, and to start. */
export function startDeadline(
  settings: Pick<Settings, "timeouts">,
  { podStart }: Pick<WorkerSite, "podStart">,
): number {
  return Math.ceil((podStart + settings.timeouts.startup) / 1000);
}

/** The annotation that says how long the engine waits for a workload, given what the cluster gives it. */
export function waitAnnotation(deadline: number): Record<string, string> {
  return { "pulumi.com/timeoutSeconds": String(deadline + tellSeconds) };
}
