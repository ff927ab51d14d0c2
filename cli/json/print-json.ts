import type { z } from "zod";
import { print } from "../terminal.ts";

/** Prints what a verb found as JSON of the documented shape, indented. */
export function printJson<Schema extends z.ZodType>(_shape: Schema, value: z.input<Schema>): void {
  print(JSON.stringify(value, null, 2));
}

/** Prints one line of a stream of JSON lines of the documented shape. */
export function printJsonLine<Schema extends z.ZodType>(_shape: Schema, value: z.input<Schema>): void {
  print(JSON.stringify(value));
}
