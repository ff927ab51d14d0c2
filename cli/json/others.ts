import { z } from "zod";

/** Any verb with `--json` that failed: on standard output, in place of its result. */
export const errorSchema = z.strictObject({
  error: z
    .strictObject({
      type: z
        .string()
        .describe(
          "`WrongUse` (exit code 2), `UserError` (a mistake in the registry, the settings or a repository), `EngineError` " +
            "(what Pulumi's engine refused), `Error` (a bug of Algorithm Conduit); of `call`, the type of the activity's failure too.",
        ),
      message: z.string().describe("What is wrong, and what to do."),
    })
    .describe("What went wrong; people are told the same on standard error."),
});

/** `./conduit doctor --json`. */
export const doctorSchema = z.strictObject({
  findings: z
    .array(
      z.strictObject({
        part: z.string().describe("What was looked at."),
        ok: z.boolean().describe("Whether it is as it has to be."),
        says: z.string().describe("What was found, or what is wrong and what mends it."),
      }),
    )
    .describe("One for each part, in the order in which they depend on each other."),
});

/** `./conduit env --json`. */
export const envSchema = z.record(z.string(), z.string()).describe("Environment variables by name.");

/** `./conduit connect --json`. */
export const connectSchema = z.strictObject({
  variables: z
    .record(z.string(), z.string())
    .describe("What Temporal's SDKs and command line read: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_TLS…`."),
  apiKeyVariable: z
    .string()
    .nullable()
    .describe(
      "The variable that holds the API key, which workers want as `TEMPORAL_API_KEY`; null when there is none.",
    ),
  forwarded: z
    .boolean()
    .describe("Whether the address is this machine's end of a way through the cluster, which is open while this runs."),
});

/** One line of `./conduit logs --json`. */
export const logLineSchema = z.looseObject({
  time: z.string().describe("When (ISO 8601); of a line without a time, the time of the line before it, else empty."),
  level: z.string().describe("`debug`, `info`, `warning`, `error` or `critical`."),
  event: z
    .string()
    .describe(
      "What kind of line: such as `ready`, `activity_ended`, `draining`, `exited`; `output` for what the code printed.",
    ),
  message: z.string().describe("The line for people. Further fields come with the event, such as `workflow_id`."),
});

export type Finding = z.output<typeof doctorSchema>["findings"][number];
export type LogRecord = z.output<typeof logLineSchema>;
