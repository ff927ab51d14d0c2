import type { z } from "zod";
import { deploySchema, previewSchema, upSchema, watchLineSchema } from "./deploy.ts";
import { connectSchema, doctorSchema, envSchema, errorSchema, logLineSchema } from "./others.ts";
import { statusSchema } from "./status.ts";

/** What a verb prints with `--json`. */
export interface Shape {
  readonly schema: z.ZodType;
  /** One object, or one object a line. */
  readonly prints: "object" | "lines";
}

/** Every documented shape, by verb; `error` is that of any verb that fails. */
export const shapes: Readonly<Record<string, Shape>> = {
  status: { schema: statusSchema, prints: "object" },
  up: { schema: upSchema, prints: "object" },
  deploy: { schema: deploySchema, prints: "object" },
  preview: { schema: previewSchema, prints: "object" },
  watch: { schema: watchLineSchema, prints: "lines" },
  logs: { schema: logLineSchema, prints: "lines" },
  doctor: { schema: doctorSchema, prints: "object" },
  connect: { schema: connectSchema, prints: "object" },
  env: { schema: envSchema, prints: "object" },
  error: { schema: errorSchema, prints: "object" },
};
