import type { RunningActivity } from "./json/status.ts";

/** What Kubernetes calls the end of a container that takes more memory than its limit. */
export const outOfMemory = "OOMKilled";

/** Why such a worker has ended, and what to do. */
export function outOfMemoryReason(running: readonly RunningActivity[] = []): string {
  const fewer = running.length > 1 ? ", or lower its `concurrency`" : "";
  return `it took more memory than it may (${outOfMemory})${whileItRan(running)}; raise its \`memory\`${fewer}`;
}

/** ` while it ran …`; empty where nothing ran. */
export function whileItRan(running: readonly RunningActivity[]): string {
  const [first, ...others] = running;
  if (first === undefined) return "";
  const { activity, workflowId, attempt } = first;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return ` while it ran \`${activity}\` of the workflow \`${workflowId}\` (attempt ${attempt})${more}`;
}
