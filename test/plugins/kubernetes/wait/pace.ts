import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../json.ts";
import { annotationOf } from "../object.ts";

const seconds: Readonly<Record<string, number>> = {
  PersistentVolume: 300,
  PersistentVolumeClaim: 300,
  ResourceQuota: 60,
};

/** How long to wait for an object, in seconds: the resource's option, else its annotation, else 10 minutes for most kinds. */
export function timeLimit(option: number, inputs: JsonObject, kind: string): number {
  const annotation = annotationOf(inputs, "pulumi.com/timeoutSeconds") ?? "";
  if (option > 0) return option;
  return /^\d+$/.test(annotation) ? Number(annotation) : (seconds[kind] ?? 600);
}

/** A clock that says when a wait is over, and why. */
export function endOfWait(signal: AbortSignal, limit: number): () => "cancelled" | "time is up" | undefined {
  const deadline = performance.now() + limit * 1000;
  return () => {
    if (signal.aborted) return "cancelled";
    return performance.now() > deadline ? "time is up" : undefined;
  };
}

/** The time between two looks: short at first, since most objects are ready at once. */
export async function pause(turn: number, signal: AbortSignal): Promise<void> {
  const milliseconds = Math.min(1000, 50 * 1.3 ** turn);
  // A cancelled wait is noticed by the look that follows.
  await sleep(milliseconds, undefined, { signal }).catch(() => {});
}
