import { outOfMemory, outOfMemoryReason, whileItRan } from "../worker-end.ts";
import type { Pod } from "./cluster-view.ts";
import { lastWords } from "./last-words.ts";
import { leftRunning } from "./left-running.ts";

/** Why a pod does not run as it should; undefined where nothing is wrong yet. */
export function podTrouble({ status }: Pick<Pod, "status">): string | undefined {
  for (const { state, lastState } of status.containerStatuses) {
    const end = state?.terminated ?? lastState?.terminated;
    if (end !== undefined && end.exitCode !== 0) {
      const running = leftRunning(end.message);
      if (end.reason === outOfMemory) return outOfMemoryReason(running);
      const words = running.length > 0 ? undefined : lastWords(end.message);
      return words ?? `it ended with exit code ${end.exitCode}${whileItRan(running)}`;
    }
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (reason !== "" && !["ContainerCreating", "PodInitializing"].includes(reason)) {
      return `its pod cannot start (${reason}${message === "" ? "" : `: ${message}`})`;
    }
  }
  const unscheduled = status.conditions.find(({ type, status: is }) => type === "PodScheduled" && is === "False");
  return unscheduled && unscheduled.message !== "" ? `no node takes its pod: ${unscheduled.message}` : undefined;
}
