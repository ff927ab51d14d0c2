import { createHash } from "node:crypto";

/**
 * A name that says what an object holds. Objects that cannot be changed get a new name with new contents: the new one is
 * there before the old one goes.
 */
export function contentName(prefix: string, contents: unknown): string {
  return `${prefix}-${createHash("sha256").update(JSON.stringify(contents)).digest("hex").slice(0, 8)}`;
}
