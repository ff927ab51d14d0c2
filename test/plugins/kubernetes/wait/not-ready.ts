import type { JsonObject } from "../json.ts";

/** An object that is there did not become ready: it failed, its time is up, or the run was cancelled. */
export class NotReady extends Error {
  constructor(
    message: string,
    /** The object as it was last seen. */
    readonly live: JsonObject,
    /** Why, as conditions and containers tell it. */
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}
