import type { Cluster } from "../cluster.ts";
import type { JsonObject } from "../json.ts";

/** An object at one moment of a wait. */
export interface Look {
  readonly live: JsonObject;
  readonly inputs: JsonObject;
  /** The object before the write; undefined for a new one. */
  readonly before: JsonObject | undefined;
}

/** Whether an object is ready. */
export interface Readiness {
  readonly ready: boolean;
  /** Whether it never will be. */
  readonly failed?: boolean;
  /** What is being waited for, in a few words. */
  readonly status?: string;
  /** Why it is not ready. Asked only when the wait ends in vain. */
  readonly explain: () => Promise<readonly string[]>;
}

/** Tells whether an object is ready, with more questions to the server where it takes them. */
export type Judge = (cluster: Cluster, look: Look) => Promise<Readiness>;

/** The answer for what is ready. */
export const isReady: Readiness = { ready: true, explain: async () => [] };
