import type { JsonObject } from "./json.ts";

/** The object is there, but did not become ready: the engine keeps it in its state and tries to mend it in the next run. */
export class InitFailed extends Error {
  constructor(
    message: string,
    /** What the engine keeps. */
    readonly kept: {
      readonly id: string;
      readonly properties: JsonObject;
      /** Only a read has new inputs. */
      readonly inputs?: JsonObject;
      /** Why it is not ready, the most general first. */
      readonly reasons: readonly string[];
    },
  ) {
    super(message);
  }
}
