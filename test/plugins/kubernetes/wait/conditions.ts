import { arrayAt, type JsonObject, textAt } from "../json.ts";

/** One entry of `status.conditions`. */
export interface Condition {
  readonly isTrue: boolean;
  readonly reason: string;
  readonly message: string;
}

/** The condition of a type, or undefined. */
export function conditionOf(object: JsonObject, type: string): Condition | undefined {
  const found = arrayAt(object, "status", "conditions").find((one) => textAt(one, "type") === type);
  if (found === undefined) return undefined;
  return {
    isTrue: textAt(found, "status") === "True",
    reason: textAt(found, "reason") ?? "",
    message: textAt(found, "message") ?? "",
  };
}

/** `[reason] message`, as the errors quote a condition. */
export function quoted({ reason, message }: Condition): string {
  return `[${reason}] ${message}`;
}
