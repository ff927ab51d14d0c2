import type { Cluster } from "../cluster.ts";
import { type JsonObject, numberAt, textAt } from "../json.ts";
import { conditionOf, quoted } from "./conditions.ts";
import { isReady, type Look, type Readiness } from "./judge.ts";
import { fullName, podProblems } from "./pods.ts";

/** A Job is ready when it is complete, and has failed as soon as it gave up. */
export async function jobReadiness(cluster: Cluster, { live }: Look): Promise<Readiness> {
  const { ready, failure } = judgeJob(live);
  if (ready) return isReady;
  const count = (field: string) => numberAt(live, "status", field) ?? 0;
  const counts = `(Active: ${count("active")} | Succeeded: ${count("succeeded")} | Failed: ${count("failed")})`;
  const status = `Waiting for Job "${fullName(live)}" to succeed ${counts}`;
  const reasons = failure === undefined ? [] : [failure];
  const explain = async () => [...reasons, ...(await podProblems(cluster, live))];
  return { ready, failed: failure !== undefined, status, explain };
}

/** Whether a Job is complete, and why it gave up. */
export function judgeJob(job: JsonObject): { readonly ready: boolean; readonly failure: string | undefined } {
  const failed = conditionOf(job, "Failed");
  const hasGivenUp = failed?.isTrue && ["BackoffLimitExceeded", "DeadlineExceeded"].includes(failed.reason);
  const isStarted = textAt(job, "status", "startTime") !== undefined;
  return {
    ready: !hasGivenUp && isStarted && conditionOf(job, "Complete")?.isTrue === true,
    failure: hasGivenUp ? quoted(failed) : undefined,
  };
}
