import { messageOf } from "../../errors.ts";
import type { Finding } from "../json/others.ts";

/** Looks at one part: what is found, or what was thrown, is what `doctor` says of it. */
export async function check(part: string, look: () => Promise<string> | string): Promise<Finding> {
  try {
    return { part, ok: true, says: await look() };
  } catch (thrown) {
    return { part, ok: false, says: messageOf(thrown) };
  }
}
