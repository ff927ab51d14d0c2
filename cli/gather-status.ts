import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { localRecipe } from "../components/local/local-platform.ts";
import { runsOnLocal } from "../components/local/unapplied.ts";
import { describeTaskQueue } from "../providers/conduit/temporal/task-queue.ts";
import { runtimeDigest } from "../runtime/worker-runtime.ts";
import { resolveCandidates } from "../stacks/candidates.ts";
import { onlyNamed } from "../stacks/only.ts";
import { loadRegistry } from "../stacks/registry.ts";
import { cacheDirectory } from "../tools/cache.ts";
import type { Context } from "./context.ts";
import type { StatusReport } from "./json/status.ts";
import { readState } from "./state.ts";
import { algorithmStatus } from "./status.ts";
import { openConnections } from "./temporal-connections.ts";
import { supervisedProcesses } from "./worker-processes.ts";

export interface StatusOptions {
  /** The algorithms to ask about; all when left out or empty. */
  readonly only?: readonly string[];
  /** How their sources are looked at. @default anew */
  readonly resolve?: typeof resolveCandidates;
}

/** Asks git, the state, the supervisor and Temporal about algorithms of the registry. */
export async function gatherStatus(
  context: Context,
  stack: Stack,
  { only = [], resolve = resolveCandidates }: StatusOptions = {},
): Promise<StatusReport> {
  const registry = await loadRegistry(context.root, context.stack);
  const entries = onlyNamed(registry.algorithms, only);
  const recipe = localRecipe(await runtimeDigest());
  const options = { cache: cacheDirectory(), projectDirectory: context.root };
  const [candidates, state] = await Promise.all([
    resolve(entries.filter(runsOnLocal), recipe, options),
    readState(stack),
  ]);
  const wanted = registry.namespaces.filter(({ name }) => entries.some(({ namespace }) => namespace === name));
  const connections = await openConnections(state.access, wanted);
  try {
    // Before the processes: one that goes to sleep in between has ended then, and is not taken for one that starts.
    const queues = await Promise.all(
      entries.map(async ({ namespace, temporalNamespace, name }) => {
        const connection = connections.of(namespace);
        return connection && describeTaskQueue(connection, temporalNamespace, name).catch(() => undefined);
      }),
    );
    const supervised = await supervisedProcesses(state);
    const algorithms = await Promise.all(
      entries.map((algorithm, index) =>
        algorithmStatus({
          algorithm,
          candidate: candidates.get(algorithm.name),
          state,
          queue: queues[index],
          supervised,
          connection: connections.of(algorithm.namespace),
          thorough: only.length === 1,
        }),
      ),
    );
    const running = connections.any;
    return {
      stack: context.stack,
      ui: running ? (state.server?.uiUrl ?? null) : null,
      address: running ? (state.access?.address ?? null) : null,
      algorithms,
    };
  } finally {
    await connections.close();
  }
}
