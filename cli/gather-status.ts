import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { describeTaskQueue } from "../providers/conduit/temporal/task-queue.ts";
import type { Algorithm } from "../registry/resolve.ts";
import { resolveCandidates } from "../stacks/candidates.ts";
import { onlyNamed } from "../stacks/only.ts";
import { loadRegistry } from "../stacks/registry.ts";
import type { Context } from "./context.ts";
import type { StatusReport } from "./json/status.ts";
import { queuesElsewhere } from "./queues-elsewhere.ts";
import type { Runtime } from "./runtime.ts";
import { runtimeOf } from "./runtime-of.ts";
import { readState } from "./state.ts";
import { judge } from "./status.ts";
import { openConnections } from "./temporal-connections.ts";

export interface StatusOptions {
  /** The algorithms to ask about; all when left out or empty. */
  readonly only?: readonly string[];
  /** How their sources are looked at. @default anew */
  readonly resolve?: typeof resolveCandidates;
  /** The platform. @default as the stack's settings say */
  readonly runtime?: Runtime;
}

/** Asks git, the state, Temporal and what runs the workers about algorithms of the registry. */
export async function gatherStatus(
  context: Context,
  stack: Stack,
  { only = [], resolve = resolveCandidates, ...options }: StatusOptions = {},
): Promise<StatusReport> {
  const runtime = options.runtime ?? (await runtimeOf(context));
  const registry = await loadRegistry(context.root, context.stack);
  const entries = onlyNamed(registry.algorithms, only);
  const reading = readState(stack);
  const [candidates, state] = await Promise.all([
    runtime.candidates(entries, { stack, state: reading, resolve }),
    reading,
  ]);
  const wanted = registry.namespaces.filter(({ name }) => entries.some(({ namespace }) => namespace === name));
  const connections = await openConnections(state.access, wanted);
  try {
    // Before the workers: one that goes to sleep in between has ended then, and is not taken for one that starts.
    const asked = await Promise.all(
      entries.map(async (algorithm) => {
        const queues = await Promise.all(runtime.queuesOf(algorithm).map((name) => queueOf(algorithm, name)));
        return { algorithm, candidate: candidates.get(algorithm.name), queues };
      }),
    );
    const look = await runtime.look(state);
    const algorithms = await Promise.all(
      asked.map(async (question) => {
        const [workers, elsewhere] = await Promise.all([look(question), elsewhereOf(question.algorithm)]);
        return judge({ ...question, workers, elsewhere, stack: context.stack });
      }),
    );
    const running = connections.any;
    return {
      stack: context.stack,
      ui: running ? (state.server?.uiUrl ?? null) : null,
      address: running ? (state.access?.address ?? null) : null,
      // A server of this machine is either started or not.
      unreachable: state.server ? [] : [...connections.problems],
      algorithms,
    };
  } finally {
    await connections.close();
  }

  async function queueOf({ namespace, temporalNamespace }: Algorithm, name: string) {
    const connection = connections.of(namespace);
    return connection && describeTaskQueue(connection, temporalNamespace, name).catch(() => undefined);
  }

  /** Calls in the wrong namespace; looked for where one algorithm is asked about. */
  async function elsewhereOf({ namespace, temporalNamespace, name }: Algorithm) {
    const connection = connections.of(namespace);
    if (!connection || only.length !== 1) return [];
    // Not everybody who may look at one namespace may list the others.
    return queuesElsewhere(connection, temporalNamespace, name).catch(() => []);
  }
}
