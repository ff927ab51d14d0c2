import { ApiError, isFieldConflict, isThere } from "./api-error.ts";
import { arrayAt, textAt } from "./json.ts";

/** An error of the API server with what a person can do about it. */
export function explained(thrown: unknown, manager: string): unknown {
  if (isThere(thrown) && thrown instanceof ApiError) {
    return new Error(
      `${thrown.message}\n\nThe resource already exists in the cluster. Adopt it with \`pulumi import\`, use an alias when ` +
        "a resource was renamed in the program, or set `upsertExistingObjects` on the provider to update it in place.",
    );
  }
  if (isFieldConflict(thrown) && thrown instanceof ApiError) {
    const fields = arrayAt(thrown.status, "details", "causes").map(
      (cause) => `\n- ${textAt(cause, "field")}: ${textAt(cause, "message")}`,
    );
    return new Error(
      "server-side apply field conflict detected\nThe resource managed by field manager " +
        `"${manager}" had an apply conflict: ${thrown.message}${fields.length > 1 ? fields.join("") : ""}`,
    );
  }
  return thrown;
}
