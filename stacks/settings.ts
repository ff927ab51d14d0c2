import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { UserError } from "../errors.ts";

const portText = "Choose a port from 1024 to 65535.";
const port = z.coerce.number(portText).int(portText).min(1024, portText).max(65535, portText);

/** What `Pulumi.<stack>.yaml` may set, each as `conduit:<name>`. */
export const settingsSchema = z.strictObject({
  /** Where workers run. */
  platform: z.enum(["local"], "Choose `local`.").default("local"),
  /** The port of Temporal's dev server on this machine. */
  temporalPort: port.default(7233),
  /** The port of Temporal's web UI on this machine. */
  uiPort: port.default(8233),
});

/** A stack's settings, with every default filled in. */
export type Settings = z.output<typeof settingsSchema>;

/**
 * Parses a stack's configuration.
 *
 * @param given The raw values by name; undefined is what the stack's file does not set.
 * @throws UserError with every problem.
 */
export function parseSettings(given: Readonly<Record<string, string | undefined>>, stack: string): Settings {
  const parsed = settingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UserError(
    `The settings of the stack \`${stack}\` cannot be used.`,
    parsed.error.issues.map(
      (issue) =>
        `\`conduit:${issue.path.join(".")}\` is ${JSON.stringify(given[String(issue.path[0])])}. ${issue.message}`,
    ),
  );
}

/** Reads the stack's settings from Pulumi's configuration. */
export function readSettings(): Settings {
  const config = new pulumi.Config("conduit");
  const names = Object.keys(settingsSchema.shape);
  return parseSettings(Object.fromEntries(names.map((name) => [name, config.get(name)])), pulumi.getStack());
}
