import { inspect } from "node:util";
import { RunError } from "@pulumi/pulumi/errors.js";

/**
 * A mistake that the user can mend. It prints as its message alone, without a stack trace, in `pulumi up` (the engine
 * knows `RunError`) and in `./conduit`.
 *
 * @example new UserError("`algorithms.config.ts` has 1 problem.", ["`ranker.scaling.min` is 5 but `max` is 4. Lower `min`."])
 */
export class UserError extends RunError {
  /** Every problem found, each a full sentence: what is wrong, then what to do. Empty when `what` says it all. */
  readonly problems: readonly string[];

  /**
   * @param what One sentence: what is wrong, with the path and the value that was given, and what to do about it.
   * @param problems The single problems, when there are several; each becomes a line of its own.
   */
  constructor(what: string, problems: readonly string[] = []) {
    super([what, ...problems.map((problem) => `- ${problem}`)].join("\n"));
    this.problems = problems;
  }

  /**
   * Itself alone. Pulumi hangs the promise that it broke on an error that ends a program, and inspects it for a trace: with
   * all that hangs on that promise, this takes half a minute in a stack of a hundred algorithms.
   */
  [inspect.custom](): string {
    return this.message;
  }
}

/** The message of whatever was thrown, for sentences such as "X failed: …". */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The code of an error of the system (`ENOENT`) or of gRPC (`5`), if it has one. */
export function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}

/** A text without the credentials of the addresses in it, for messages. Some hide in the query, as `?token=…`. */
export function redacted(text: string): string {
  return text.replace(/:\/\/[^/\s]+@/g, "://***@").replace(/(:\/\/[^\s"?]*\?)[^\s"#`)]+/g, "$1***");
}
