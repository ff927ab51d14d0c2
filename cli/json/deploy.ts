import { z } from "zod";
import { commandName } from "../../tools/command-name.ts";
import { statusSchema } from "./status.ts";

const milliseconds = (what: string) => z.number().describe(`Milliseconds: ${what}.`);

const failures = z
  .record(z.string(), z.string())
  .describe("Why an algorithm, or a part of the platform, is not as wanted: messages by name; empty when all is well.");

const stagesSchema = z.strictObject({
  resolve: milliseconds("finding the commit and its settings"),
  build: milliseconds("installing its dependencies, or building and pushing its image; 0 when they were there"),
  gate: milliseconds("the trial of the new version, with the pull of its image; on Kubernetes alone").optional(),
  start: milliseconds("from the start of the new worker until it polled; on `local` alone").optional(),
  switch: milliseconds(
    "from then until the old worker polled no more; on Kubernetes from the start of the new workers until they were ready " +
      "and the old ones were told to stop",
  ),
});

export type DeployStages = z.output<typeof stagesSchema>;

/** A version that a run made live. */
export const deployedSchema = z.strictObject({
  name: z.string().describe("Name of the algorithm."),
  commit: z.string().describe("The commit that is live now."),
  version: z.string().describe("The version that is live now."),
  milliseconds: milliseconds("the whole run"),
  stages: stagesSchema.describe("How long each stage took."),
});

/** `./conduit deploy --json`. */
export const deploySchema = z.strictObject({
  deployed: z.array(deployedSchema).describe("What went live; empty when nothing changed."),
  failures,
});

/** `./conduit up --json`. */
export const upSchema = z.strictObject({
  ...deploySchema.shape,
  status: statusSchema.describe(`As \`${commandName} status --json\` prints it, after the run.`),
});

/** `./conduit preview --json`. */
export const previewSchema = z.strictObject({
  changes: z
    .partialRecord(z.string(), z.int())
    .describe("Number of resources by what `up` would do to them: `create`, `update`, `delete`, `replace`, `same`."),
  gaps: z
    .record(z.string(), z.string())
    .describe("Algorithms that no worker serves while their old version is exchanged for the new one, and why."),
  failures,
});

const time = z.string().describe("When (ISO 8601).");

/** One line of `./conduit watch --json`. */
export const watchLineSchema = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("watching").describe("It began, or the registry changed."),
    time,
    algorithms: z.array(z.string()).describe("Names of the algorithms whose sources are looked at."),
  }),
  z.strictObject({
    event: z.literal("deployed").describe("A run is over."),
    time,
    deployed: z
      .array(
        z.strictObject({
          name: z.string().describe("Name of the algorithm."),
          commit: z.string().describe("The commit that is live now."),
        }),
      )
      .describe("What went live; empty when nothing changed."),
    failures,
    milliseconds: milliseconds("the run"),
  }),
  z.strictObject({
    event: z.literal("problem").describe("Nothing could be tried; the next look tries again."),
    time,
    message: z.string().describe("What is wrong."),
  }),
]);

export type Deployed = z.output<typeof deployedSchema>;
export type WatchLine = z.output<typeof watchLineSchema>;
