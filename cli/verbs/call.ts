import { spawn } from "node:child_process";
import { targetOf } from "../../components/temporal-access.ts";
import { UserError } from "../../errors.ts";
import { machineVariables } from "../../providers/conduit/local/machine-variables.ts";
import { explainTls } from "../../providers/conduit/temporal/explain-failure.ts";
import { reach } from "../../providers/conduit/temporal/reach.ts";
import { temporalVariables } from "../../providers/conduit/temporal/variables.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { commandName } from "../../tools/command-name.ts";
import { isListening } from "../../tools/is-listening.ts";
import { callerPython } from "../caller-python.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { commandOn } from "../sentence.ts";
import { type AlgorithmState, readState } from "../state.ts";
import { note } from "../terminal.ts";

/**
 * `call ALGORITHM [ACTIVITY] [ARG…]`: runs one activity through a small workflow, in the algorithm's own environment, and
 * prints its result as JSON. The activity's name may be left out where the algorithm has one.
 */
export async function call(name: string, given: readonly string[], options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const registry = await loadRegistry(context.root, context.stack);
  const [algorithm] = onlyNamed(registry.algorithms, [name]);
  const { access, server, algorithms } = await readState(await openStack(context));
  const chain = algorithms.get(name);
  const runsHere = server !== undefined;
  const namespace = registry.namespaces.find((each) => each.name === algorithm?.namespace);
  if (!algorithm || !namespace || !access || !chain?.release || (runsHere && !(chain.worker && chain.environment))) {
    const start = commandOn(context.stack, "up");
    throw new UserError(`\`${name}\` is not live on the stack \`${context.stack}\`. Start it with \`${start}\`.`);
  }
  const { activity, args } = chooseActivity(name, chain.worker, given);
  const target = targetOf(access, namespace);
  const reached = await reach(target, { podSeconds });
  try {
    if (!(await isListening(reached.dial))) {
      throw new UserError(`Temporal does not run. Start it with \`${commandOn(context.stack, "up")}\`.`);
    }
    const { python, runtime } = chain.environment ?? (await callerPython());
    const startToClose = String(chain.release.settings.timeouts.startToClose / 1000);
    const json = context.json ? ["--json"] : [];
    const { apiKey } = reached.credentials;
    const code = await run(
      python,
      ["call", activity, "--task-queue", name, "--start-to-close", startToClose, ...json, "--", ...args],
      {
        ...machineVariables(process.env),
        PYTHONPATH: runtime,
        ...temporalVariables(target, reached),
        ...(apiKey && { TEMPORAL_API_KEY: apiKey.value }),
      },
    );
    if (code === 0) return code;
    // The SDK may have seen no more than that its connection broke.
    const problem = reached.problem() ?? (await explainTls(target, reached));
    if (problem !== undefined) note(problem);
    return code;
  } finally {
    await reached.close();
  }
}

/** Seconds to wait for a pod of Temporal that is ready, where it is in a cluster. */
const podSeconds = 5;

/** Exported for tests. */
export function chooseActivity(
  algorithm: string,
  worker: Pick<NonNullable<AlgorithmState["worker"]>, "activities"> | undefined,
  given: readonly string[],
): { activity: string; args: readonly string[] } {
  const [first, ...rest] = given;
  if (worker === undefined) {
    if (first !== undefined) return { activity: first, args: rest };
    throw new UserError(`Say which activity: \`${commandName} call ${algorithm} <activity> …\`.`);
  }
  const names = worker.activities.map((activity) => activity.name);
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
