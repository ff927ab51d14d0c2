import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { didYouMean, quoted } from "../registry/wording.ts";

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
  /**
   * `always`: each algorithm has a worker that runs. `on-demand`: a worker goes to sleep when it has had nothing to do for
   * `scaling.idleAfter`, and wakes when something waits for it, unless `scaling.min` is 1 or more.
   */
  workers: z.enum(["always", "on-demand"], "Choose `always` or `on-demand`.").default("always"),
});

/** A stack's settings, with every default filled in. */
export type Settings = z.output<typeof settingsSchema>;

/**
 * Parses a stack's configuration.
 *
 * @param given The raw values by name; what is left out gets its default.
 * @throws UserError with every problem.
 */
export function parseSettings(given: Readonly<Record<string, string | undefined>>, stack: string): Settings {
  const parsed = settingsSchema.safeParse(given);
  const problems = parsed.success ? portProblems(parsed.data) : parsed.error.issues.flatMap(problemsOf(given));
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new UserError(`The settings of the stack \`${stack}\` cannot be used.`, problems);
}

/** Reads the stack's settings from Pulumi's configuration. */
export function readSettings(): Settings {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return parseSettings(
    Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])),
    pulumi.getStack(),
  );
}

const prefix = "conduit:";

function portProblems({ temporalPort, uiPort }: Settings): string[] {
  if (temporalPort !== uiPort) return [];
  return [`\`conduit:temporalPort\` and \`conduit:uiPort\` are both ${uiPort}. Choose two different ports.`];
}

function problemsOf(given: Readonly<Record<string, string | undefined>>) {
  const names = Object.keys(settingsSchema.shape).map((name) => `${prefix}${name}`);
  return (issue: z.core.$ZodIssue): string[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const name = `${prefix}${key}`;
        return `\`${name}\` is not a setting. ${didYouMean(name, names, `The settings are ${quoted(names)}.`)}`;
      });
    }
    const name = String(issue.path[0]);
    return [`\`${prefix}${name}\` is ${JSON.stringify(given[name])}. ${issue.message}`];
  };
}
