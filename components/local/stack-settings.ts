import { z } from "zod";
import { choice, section } from "../../registry/values.ts";

const portText = "Choose a port from 1024 to 65535.";
const port = z.coerce.number(portText).int(portText).min(1024, portText).max(65535, portText);

/** What a stack on the platform `local` may set. */
export const localSettings = section({
  /** The port of Temporal's dev server on this machine. @default 7233 */
  temporalPort: port.default(7233),
  /** The port of Temporal's web UI on this machine. @default 8233 */
  uiPort: port.default(8233),
  /**
   * `always`: each algorithm has a worker that runs. `on-demand`: a worker goes to sleep when it has had nothing to do for
   * `scaling.idleAfter`, and wakes when something waits for it, unless `scaling.min` is 1 or more. @default "always"
   */
  workers: choice(["always", "on-demand"]).default("always"),
});

/** The settings of a stack whose workers run on this machine, every default filled in. */
export type LocalStackSettings = z.output<typeof localSettings>;

/** What is wrong between the ports, once each is right by itself. */
export function portProblems(parsed: LocalStackSettings | undefined): string[] {
  if (parsed === undefined || parsed.temporalPort !== parsed.uiPort) return [];
  return [`\`conduit:temporalPort\` and \`conduit:uiPort\` are both ${parsed.uiPort}. Choose two different ports.`];
}
