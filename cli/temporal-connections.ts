import type { Connection } from "@temporalio/client";
import { type StackAccess, type TemporalTarget, targetOf } from "../components/temporal-access.ts";
import { messageOf } from "../errors.ts";
import { canonical } from "../providers/conduit/handler.ts";
import { type Connected, connectTo } from "../providers/conduit/temporal/connect.ts";
import { PortForwards } from "../providers/conduit/temporal/port-forward.ts";
import type { Namespace } from "../registry/resolve.ts";

/** Connections to all that serves a stack's namespaces. */
export interface TemporalConnections {
  /** By the namespace's key; undefined when what serves it does not answer. */
  readonly of: (key: string) => Connection | undefined;
  /** Whether anything answers. */
  readonly any: boolean;
  /** Why the others do not answer, with what mends it: a sentence or more for each way to one. */
  readonly problems: readonly string[];
  readonly close: () => Promise<void>;
}

/** Milliseconds to wait for an answer: whoever looks wants to know now. It is farther to one that is not on this machine. */
const timeoutOf = ({ tls, portForward }: TemporalTarget) => (tls || portForward ? 5000 : 1000);

/**
 * Connects to what serves the namespaces, once for those that are reached the same way; to the server as a whole where
 * there are none.
 *
 * @param access Undefined when the stack made no Temporal yet.
 */
export async function openConnections(
  access: StackAccess | undefined,
  namespaces: readonly Pick<Namespace, "name" | "temporalName">[],
): Promise<TemporalConnections> {
  if (!access) return { of: () => undefined, any: false, problems: [], close: async () => {} };
  const forwards = new PortForwards();
  const targets = namespaces.map((namespace) => targetOf(access, namespace));
  const ways = new Map<string, TemporalTarget>();
  for (const target of targets.length > 0 ? targets : [access]) ways.set(wayTo(target), target);
  const byWay = new Map<string, Connected>();
  const problems = new Set<string>();
  await Promise.all(
    [...ways].map(async ([way, target]) => {
      try {
        byWay.set(way, await connectTo(target, { milliseconds: timeoutOf(target), forwards }));
      } catch (thrown) {
        problems.add(messageOf(thrown));
      }
    }),
  );
  const byKey = new Map(targets.map((target) => [target.key, byWay.get(wayTo(target))?.connection]));
  return {
    of: (key) => byKey.get(key),
    any: byWay.size > 0,
    problems: [...problems].toSorted(),
    close: async () => {
      await Promise.all([...byWay.values()].map((connected) => connected.close()));
    },
  };
}

/** With TLS each namespace may have credentials of its own. */
function wayTo({ address, tls, portForward, key }: TemporalTarget): string {
  return canonical({ address, tls, portForward, ...(tls && { key }) });
}
