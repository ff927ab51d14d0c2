import type { Pod } from "./cluster-view.ts";
import { lastWords } from "./last-words.ts";

/** Why a pod does not run as it should; undefined where nothing is wrong yet. */
export function podTrouble({ status }: Pick<Pod, "status">): string | undefined {
  for (const { state, lastState } of status.containerStatuses) {
    const end = state?.terminated ?? lastState?.terminated;
    if (end !== undefined && end.exitCode !== 0) {
      if (end.reason === "OOMKilled") return "it took more memory than it may (OOMKilled)";
      const words = lastWords(end.message);
      return words ?? `it ended with exit code ${end.exitCode}`;
    }
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (reason !== "" && !["ContainerCreating", "PodInitializing"].includes(reason)) {
      return `its pod cannot start (${reason}${message === "" ? "" : `: ${message}`})`;
    }
  }
  const unscheduled = status.conditions.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  return unscheduled && unscheduled.message !== "" ? `no node takes its pod: ${unscheduled.message}` : undefined;
}
