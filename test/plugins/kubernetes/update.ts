import { messageOf } from "../../../errors.ts";
import { isForbidden, isStale, NoSuchKind } from "./api-error.ts";
import type { Cluster } from "./cluster.ts";
import { InitFailed } from "./init-failed.ts";
import { arrayAt, at, type JsonObject, textAt, withAt, withoutAt } from "./json.ts";
import { isOthers, takenOver } from "./managed-fields.ts";
import { manifestOf, normalized } from "./manifest.ts";
import { annotationOf, idOf, isAnnotated, nameOf, placeOf } from "./object.ts";
import { explained } from "./refusals.ts";
import { hasUnknown } from "./secrets.ts";
import { checkpoint, type State } from "./state.ts";
import { NotReady } from "./wait/not-ready.ts";
import { waitUntilReady } from "./wait/wait.ts";

/** One update that the engine asks for. */
export interface UpdateRequest {
  readonly urn: string;
  readonly state: State;
  /** The checked inputs. */
  readonly inputs: JsonObject;
  readonly ignoreChanges: readonly string[];
  /** Seconds; 0 for the default. */
  readonly timeout: number;
  readonly preview: boolean;
}

/** Applies new inputs and waits until the object is ready; in a preview, asks the server what would come out. */
export async function update(cluster: Cluster, request: UpdateRequest): Promise<JsonObject> {
  const { urn, state, inputs, preview, timeout } = request;
  if (preview && hasUnknown(inputs)) return inputs;
  const manifest = normalized(manifestOf(inputs));
  const manager = managerOf(state, manifest);
  const keep = (live: JsonObject) => checkpoint({ inputs: manifest, live, secrets: inputs, manager });
  try {
    const before = await cluster.objects.get({ ...placeOf(manifest), name: nameOf(state.live) });
    const written = await write(cluster, { ...request, manifest, manager, before });
    if (preview) return keep(written);
    return keep(await waitUntilReady(cluster, { urn, inputs: manifest, written, before, timeout }));
  } catch (thrown) {
    if (preview && (isForbidden(thrown) || thrown instanceof NoSuchKind)) return inputs;
    if (preview) throw explained(thrown, manager);
    throw await failed(cluster, urn, state, explained(thrown, manager), keep);
  }
}

/** The object is there whatever failed, so the engine keeps what it is now, and what the program wants of it. */
async function failed(
  { objects }: Cluster,
  urn: string,
  state: State,
  thrown: unknown,
  keep: (live: JsonObject) => JsonObject,
): Promise<Error> {
  const reason = messageOf(thrown);
  const live = thrown instanceof NotReady ? thrown.live : await objects.get(placeOf(state.live)).catch(() => undefined);
  if (live === undefined) return new Error(`update of resource "${urn}" failed: ${reason}`);
  const message = `the Kubernetes API server reported that "${idOf(live)}" failed to fully initialize or become live: ${reason}`;
  const reasons = [message, ...(thrown instanceof NotReady ? thrown.reasons : [])];
  return new InitFailed(message, { id: idOf(live), properties: keep(live), reasons });
}

interface Write extends Pick<UpdateRequest, "ignoreChanges" | "preview"> {
  readonly manifest: JsonObject;
  readonly manager: string;
  readonly before: JsonObject;
}

async function write(
  cluster: Cluster,
  { manifest, manager, before, ignoreChanges, preview }: Write,
): Promise<JsonObject> {
  const options = { manager, dryRun: preview };
  const resourceVersion = at(before, "metadata", "resourceVersion") ?? null;
  if (isDefinition(manifest)) {
    return await cluster.objects.replace(withAt(manifest, ["metadata", "resourceVersion"], resourceVersion), options);
  }
  const live = preview ? before : await takeOver(cluster, before, manager);
  const wanted = withoutIgnored(manifest, live, manager, ignoreChanges);
  const force =
    cluster.configuration.patchForce ||
    isAnnotated(manifest, "pulumi.com/patchForce") ||
    arrayAt(live, "metadata", "managedFields").length === 0 ||
    (preview && takenOver(live, manager) !== undefined);
  return await cluster.objects.apply(wanted, { ...options, force });
}

/** A CustomResourceDefinition is replaced as a whole, which keeps its objects. */
function isDefinition(manifest: JsonObject): boolean {
  return manifest.kind === "CustomResourceDefinition";
}

async function takeOver({ objects }: Cluster, before: JsonObject, manager: string): Promise<JsonObject> {
  const place = placeOf(before);
  for (let live = before; ; live = await objects.get(place)) {
    const managedFields = takenOver(live, manager);
    if (managedFields === undefined) return live;
    const version = textAt(live, "metadata", "resourceVersion") ?? "";
    const operations = [
      { op: "replace", path: "/metadata/managedFields", value: managedFields },
      { op: "replace", path: "/metadata/resourceVersion", value: version },
    ];
    try {
      return await objects.patch(place, operations);
    } catch (thrown) {
      if (!isStale(thrown)) throw thrown;
    }
  }
}

/** An ignored field that somebody else manages is left out, so that it stays theirs; else it keeps its live value. */
function withoutIgnored(
  manifest: JsonObject,
  live: JsonObject,
  manager: string,
  ignored: readonly string[],
): JsonObject {
  return ignored
    .map((text) => text.split("."))
    .reduce((wanted, path) => {
      if (isOthers(live, manager, path)) return withoutAt(wanted, path);
      const value = at(live, ...path);
      return value === undefined ? wanted : withAt(wanted, path, value);
    }, manifest);
}

function managerOf(state: State, manifest: JsonObject): string {
  return annotationOf(manifest, "pulumi.com/patchFieldManager") ?? state.manager ?? "pulumi-kubernetes";
}
