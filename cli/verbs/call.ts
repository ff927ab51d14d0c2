import { spawn } from "node:child_process";
import { UserError } from "../../errors.ts";
import { machineVariables } from "../../providers/conduit/local/machine-variables.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { commandName } from "../../tools/command-name.ts";
import { isListening } from "../../tools/is-listening.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { type AlgorithmState, readState } from "../state.ts";

/**
 * `call ALGORITHM [ACTIVITY] [ARG…]`: runs one activity through a small workflow, in the algorithm's own environment, and
 * prints its result as JSON. The activity's name may be left out where the algorithm has one.
 */
export async function call(name: string, given: readonly string[], options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const registry = await loadRegistry(context.root, context.stack);
  const [algorithm] = onlyNamed(registry.algorithms, [name]);
  const state = await readState(await openStack(context));
  const chain = state.algorithms.get(name);
  if (!algorithm || !state.server || !chain?.worker || !chain.environment) {
    throw new UserError(
      `\`${name}\` is not live on the stack \`${context.stack}\`. Start it with \`${commandName} up\`.`,
    );
  }
  const { activity, args } = chooseActivity(name, chain.worker, given);
  if (!(await isListening(state.server.address))) {
    throw new UserError(`Temporal does not run. Start it with \`${commandName} up\`.`);
  }
  const settings = chain.release?.settings;
  const startToClose = String((settings?.timeouts.startToClose ?? 60_000) / 1000);
  const json = context.json ? ["--json"] : [];
  return run(
    chain.environment.python,
    ["call", activity, "--task-queue", name, "--start-to-close", startToClose, ...json, "--", ...args],
    {
      ...machineVariables(process.env),
      PYTHONPATH: chain.environment.runtime,
      TEMPORAL_ADDRESS: state.server.address,
      TEMPORAL_NAMESPACE: algorithm.temporalNamespace,
    },
  );
}

/** Exported for tests. */
export function chooseActivity(
  algorithm: string,
  worker: Pick<NonNullable<AlgorithmState["worker"]>, "activities">,
  given: readonly string[],
): { activity: string; args: readonly string[] } {
  const names = worker.activities.map((activity) => activity.name);
  const [first, ...rest] = given;
  if (first !== undefined && names.includes(first)) return { activity: first, args: rest };
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return { activity: only, args: given };
  const choices = names.map((each) => `\`${each}\``).join(", ");
  throw new UserError(
    `\`${algorithm}\` has several activities. Say which: \`${commandName} call ${algorithm} <activity> …\`, one of ${choices}.`,
  );
}

function run(python: string, args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-m", "algorithm_conduit", ...args], { stdio: "inherit", env: environment });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
