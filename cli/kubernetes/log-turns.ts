import type { Pod } from "./cluster-view.ts";

/** Decides whose logs are followed. A container that ended has a log to its end: that is read once, and not at every look. */
export class LogTurns {
  private readonly open = new Set<string>();
  private readonly ended = new Set<string>();

  /** The pods whose logs are to be opened now; each counts as open until {@link end}. */
  next(pods: readonly Pod[]): Pod[] {
    const opened = pods.filter((pod) => {
      const key = containerOf(pod);
      // The stream of one that runs was cut.
      return !this.open.has(key) && (!this.ended.has(key) || runs(pod));
    });
    for (const pod of opened) this.open.add(containerOf(pod));
    return opened;
  }

  /** Takes in that a log, opened for this pod, has come to its end. */
  end(pod: Pod): void {
    this.open.delete(containerOf(pod));
    this.ended.add(containerOf(pod));
  }
}

/** A container that is started again writes a new log. */
function containerOf({ metadata, status }: Pod): string {
  return `${metadata.name} ${status.containerStatuses[0]?.restartCount ?? 0}`;
}

function runs({ status }: Pod): boolean {
  const { waiting, terminated } = status.containerStatuses[0]?.state ?? {};
  return status.phase === "Running" && waiting === undefined && terminated === undefined;
}
