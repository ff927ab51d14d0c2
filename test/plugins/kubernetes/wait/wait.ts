import { isUnreachable } from "../client.ts";
import type { Cluster } from "../cluster.ts";
import type { JsonObject } from "../json.ts";
import { isAnnotated, nameOf, placeOf } from "../object.ts";
import { eventTeller } from "./events.ts";
import type { Judge, Readiness } from "./judge.ts";
import { NotReady } from "./not-ready.ts";
import { endOfWait, pause, timeLimit } from "./pace.ts";
import { judgeOf } from "./readiness.ts";
import { settledService } from "./settled-service.ts";
import { waitForOf } from "./wait-for.ts";

/** An object that was just written. */
export interface Written {
  readonly urn: string;
  readonly inputs: JsonObject;
  /** As the server answered the write. */
  readonly written: JsonObject;
  /** The object before the write; undefined for a new one. */
  readonly before?: JsonObject;
  /** Seconds; 0 for the default. */
  readonly timeout: number;
}

/**
 * Waits until an object is ready, as its kind or its annotation `pulumi.com/waitFor` says, and answers it as it is then.
 *
 * @throws {NotReady} when it fails, the time is up or the run is cancelled.
 */
export async function waitUntilReady(cluster: Cluster, written: Written): Promise<JsonObject> {
  const judge = judgeFor(written.inputs, written.written);
  if (judge === undefined) return written.written;
  const { objects, signal, tell } = cluster;
  const { urn, inputs, before, timeout } = written;
  const place = placeOf(written.written);
  const end = endOfWait(signal, timeLimit(timeout, inputs, place.kind));
  let live = written.written;
  const tellEvents = eventTeller(cluster, urn);
  let last: Readiness | undefined;
  for (let turn = 0; ; turn++) {
    const ended = end();
    if (ended !== undefined) throw await inVain(ended, live, last);
    try {
      live = turn === 0 ? live : await objects.get(place);
      last = await judge(cluster, { live, inputs, before });
      if (last.ready) return live;
      if (last.failed) throw await inVain("failed", live, last);
      if (last.status !== undefined) tell(urn, last.status);
      await tellEvents(live);
    } catch (thrown) {
      // A server that is away for a moment does not end the wait.
      if (!isUnreachable(thrown) && !signal.aborted) throw thrown;
    }
    await pause(turn, signal);
  }
}

function judgeFor(inputs: JsonObject, written: JsonObject): Judge | undefined {
  if (isAnnotated(inputs, "pulumi.com/skipAwait")) return undefined;
  const isService = written.kind === "Service" && written.apiVersion === "v1";
  return waitForOf(inputs) ?? (isService ? settledService() : judgeOf(written));
}

async function inVain(why: "cancelled" | "time is up" | "failed", live: JsonObject, last: Readiness | undefined) {
  const name = nameOf(live);
  const messages = {
    cancelled: `Resource operation was cancelled for "${name}"`,
    "time is up": `'${name}' timed out waiting to be Ready`,
    failed: `Resource '${name}' was created but failed to initialize`,
  };
  const reasons = await last?.explain().catch(() => []);
  return new NotReady(messages[why], live, reasons ?? []);
}
