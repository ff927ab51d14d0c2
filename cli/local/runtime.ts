import { localRecipe } from "../../components/local/local-platform.ts";
import { runsOnLocal } from "../../components/local/unapplied.ts";
import { exitsOf } from "../../providers/conduit/local/exits.ts";
import { lastFailureOf } from "../../providers/conduit/local/last-failure.ts";
import { runtimeDigest } from "../../runtime/worker-runtime.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import type { Context } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import { commandOn } from "../sentence.ts";
import type { StackState } from "../state.ts";
import { examineProcesses } from "./examine.ts";
import { processLogs } from "./logs.ts";
import { prepareTools } from "./prepare-tools.ts";
import { isAsleep, supervisedProcesses, workerProcesses } from "./worker-processes.ts";
import { localWorkers } from "./workers.ts";

/** What the verbs ask of the processes on this machine. */
export function localRuntime(context: Context): Runtime {
  return {
    prepare: prepareTools,
    candidates: async (entries, { resolve }) => {
      const recipe = localRecipe(await runtimeDigest());
      const options = { cache: cacheDirectory(), projectDirectory: context.root };
      return resolve(entries.filter(runsOnLocal), recipe, options);
    },
    queuesOf: ({ name }) => [name],
    look: lookAtProcesses,
    examine: (_stack, { address }, state) => examineProcesses(context, state, address),
    logs: (request) => processLogs(context, request),
    watches: true,
    down: {
      warning: undefined,
      refusal: async () => undefined,
      kept: () => [`Histories are kept; \`${commandOn(context.stack, "up")}\` goes on.`],
    },
  };
}

async function lookAtProcesses(state: StackState): ReturnType<Runtime["look"]> {
  const supervised = await supervisedProcesses(state);
  return async ({ algorithm, candidate, queues: [queue] }) => {
    const { name } = algorithm;
    const chain = state.algorithms.get(name);
    const home = state.supervisor?.home ?? "";
    const [processes, asleep, exits, failure] = await Promise.all([
      workerProcesses(state, supervised, name),
      isAsleep(supervised, home, chain?.worker),
      exitsOf(home, chain?.worker?.program ?? name),
      lastFailureOf(home, name),
    ]);
    return localWorkers({ algorithm, candidate, chain, queue, processes, asleep, exits, failure, now: new Date() });
  };
}
