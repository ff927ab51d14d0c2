import type { AlgorithmRepository } from "../test/support/project.ts";

/** A stack with one algorithm, whose commits are deployed and measured. */
export interface DeployTarget {
  readonly repository: AlgorithmRepository;
  /** Temporal's address. */
  readonly address: string;
  readonly up: () => Promise<unknown>;
  /**
   * Deploys what was committed last, and answers how long each stage took.
   *
   * @param answered When the new version answered first: milliseconds since 1970.
   */
  readonly deploy: (answered: Promise<number>) => Promise<Stages>;
  readonly close: () => Promise<void>;
}

/** Milliseconds by what they went into. */
export type Stages = Readonly<Record<string, number>>;

export const namespace = "speech";
export const algorithm = "answer";
