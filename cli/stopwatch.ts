import type { DeployStages } from "./json/deploy.ts";

/** Measures how long the stages of each algorithm take: from the begin of the first part of one to the end of its last. */
export class Stopwatch {
  private readonly begun = new Map<string, number>();
  private readonly spans = new Map<string, { from: number; to: number }>();

  /** A part begins. */
  start(part: string): void {
    this.begun.set(part, performance.now());
  }

  /** A part ends, which belonged to a stage of an algorithm. */
  stop(part: string, algorithm: string, stage: keyof DeployStages): void {
    const from = this.begun.get(part);
    if (from === undefined) return;
    const key = `${algorithm} ${stage}`;
    const span = this.spans.get(key);
    this.spans.set(key, { from: Math.min(span?.from ?? from, from), to: performance.now() });
  }

  /** The stages by algorithm, in milliseconds. */
  stages(): ReadonlyMap<string, Partial<DeployStages>> {
    const stages = new Map<string, Partial<DeployStages>>();
    for (const [key, { from, to }] of this.spans) {
      const [algorithm = "", stage = ""] = key.split(" ");
      stages.set(algorithm, { ...stages.get(algorithm), [stage]: Math.round(to - from) });
    }
    return stages;
  }
}
