import type { Outcome } from "../../support/project.ts";

/**
 * What a command printed, once it has ended well.
 *
 * @throws Error with all that it said when it failed
 */
export async function must(running: Promise<Outcome>): Promise<Outcome> {
  const outcome = await running;
  if (outcome.code !== 0) throw new Error(`It ended with code ${outcome.code}:\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}
