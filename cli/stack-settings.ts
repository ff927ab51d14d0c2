import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { parseSettings, type Settings } from "../stacks/settings.ts";
import { engineError } from "./errors.ts";

const prefix = "conduit:";

/**
 * The settings of a stack, as the engine has them.
 *
 * @throws UserError with every problem in them
 * @throws EngineError when the engine cannot read them
 */
export async function stackSettings(stack: Stack): Promise<Settings> {
  const config = await stack.getAllConfig().catch((thrown) => {
    throw engineError(thrown);
  });
  const own = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  const given = own.map(([key, { value }]) => [key.slice(prefix.length), value]);
  return parseSettings(Object.fromEntries(given), stack.name);
}
