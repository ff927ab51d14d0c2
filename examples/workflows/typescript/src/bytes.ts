import type { Base64 } from "./shapes.ts";

/** The bytes as they travel. */
export function fromBytes(bytes: Uint8Array): Base64 {
  return Buffer.from(bytes).toString("base64");
}

/** The bytes that travelled. */
export function toBytes(text: Base64): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
