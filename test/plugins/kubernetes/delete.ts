import { isMissing } from "./api-error.ts";
import { isUnreachable } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { InitFailed } from "./init-failed.ts";
import { type JsonObject, textAt } from "./json.ts";
import { annotationOf, idOf, isAnnotated, type ObjectPlace, placeOf } from "./object.ts";
import { checkpoint, type State } from "./state.ts";
import { endOfWait, pause, timeLimit } from "./wait/pace.ts";

/** One delete that the engine asks for. */
export interface DeleteRequest {
  readonly urn: string;
  readonly state: State;
  /** The outputs as the engine keeps them, with their secrets. */
  readonly properties: JsonObject;
  /** Seconds; 0 for the default. */
  readonly timeout: number;
}

// For these the official plugin does not wait where `pulumi.com/skipAwait` says so.
const skippable = ["Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"];

/** Deletes an object with all that it owns, and waits until it is gone. One that is gone already is fine. */
export async function remove(cluster: Cluster, { urn, state, properties, timeout }: DeleteRequest): Promise<void> {
  const { objects, signal } = cluster;
  const place = placeOf(state.live);
  const uid = textAt(state.live, "metadata", "uid");
  if (!(await unlessMissing(objects.delete(place, propagationOf(state.inputs))))) return;
  if (isAnnotated(state.inputs, "pulumi.com/skipAwait") && skippable.includes(place.kind)) return;
  const limit = timeLimit(timeout, state.inputs, place.kind);
  const end = endOfWait(signal, limit);
  let live = state.live;
  for (let turn = 0; ; turn++) {
    const now = await lookAgain(cluster, place, live);
    if (now === undefined || textAt(now, "metadata", "uid") !== (uid ?? textAt(now, "metadata", "uid"))) return;
    live = now;
    const ended = end();
    if (ended !== undefined) throw stillThere(urn, state, properties, live, ended);
    await pause(turn, signal);
  }
}

function stillThere(urn: string, state: State, secrets: JsonObject, live: JsonObject, ended: string): InitFailed {
  const finalizers = textAt(live, "metadata", "deletionTimestamp") === undefined ? "" : " It is being deleted.";
  const message = `${urn}: ${ended === "cancelled" ? "the delete was cancelled" : "timed out waiting for deletion"}.${finalizers}`;
  const kept = { inputs: state.inputs, live, secrets, manager: state.manager ?? "" };
  return new InitFailed(message, { id: idOf(live), properties: checkpoint(kept), reasons: [message] });
}

/** A server that is away for a moment does not end a wait. */
async function lookAgain({ objects }: Cluster, place: ObjectPlace, last: JsonObject): Promise<JsonObject | undefined> {
  return await unlessMissing(objects.get(place)).catch((thrown) => {
    if (isUnreachable(thrown)) return last;
    throw thrown;
  });
}

async function unlessMissing(answer: Promise<JsonObject>): Promise<JsonObject | undefined> {
  return await answer.catch((thrown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
}

function propagationOf(inputs: JsonObject): string {
  const policy = annotationOf(inputs, "pulumi.com/deletionPropagationPolicy")?.toLowerCase();
  if (policy === "orphan") return "Orphan";
  return policy === "background" ? "Background" : "Foreground";
}
