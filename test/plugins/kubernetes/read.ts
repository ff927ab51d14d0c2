import { randomBytes } from "node:crypto";
import { isMissing } from "./api-error.ts";
import type { Cluster } from "./cluster.ts";
import type { Kept } from "./create.ts";
import { InitFailed } from "./init-failed.ts";
import { isObject, type JsonObject, objectAt, withoutAt } from "./json.ts";
import { manifestOf, normalized, propertiesOf } from "./manifest.ts";
import { idOf, isAnnotated, kindOfType, type ObjectPlace, parseId, placeOf, typeOf } from "./object.ts";
import { markSecrets } from "./secrets.ts";
import { settle } from "./settle.ts";
import { checkpoint, type State } from "./state.ts";
import { readinessNow } from "./wait/readiness.ts";

/** One read that the engine asks for: of a resource it knows, or of one to import. */
export interface ReadRequest {
  readonly urn: string;
  readonly id: string;
  /** Undefined for an import. */
  readonly state: State | undefined;
  /** The inputs of the last run with their secrets; empty for an import. */
  readonly inputs: JsonObject;
}

/** What a read finds. */
export interface Found extends Kept {
  /** The inputs that would make the object what it is now. */
  readonly inputs: JsonObject;
}

/** Reads an object as it is now. Undefined when it is gone. */
export async function read(cluster: Cluster, { urn, id, state, inputs }: ReadRequest): Promise<Found | undefined> {
  const place = whereIs(urn, id, state);
  const live = await cluster.objects.get(place).catch((thrown) => {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  });
  if (live === undefined) return undefined;
  const known = normalized(manifestOf(inputs));
  const isImport = Object.keys(known).length === 0;
  const now = isImport ? withoutOwn(live) : settle(known, live);
  const manager = state?.manager ?? `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
  const properties = checkpoint({ inputs: now, live, secrets: inputs, manager });
  const found = { id: id === "" ? idOf(live) : id, properties, inputs: markSecrets(propertiesOf(now), inputs) };
  if (isImport || isAnnotated(known, "pulumi.com/skipAwait")) return found;
  const { ready, explain } = await readinessNow(cluster, { live, inputs: known, before: live });
  if (ready) return found;
  const message = `Resource '${place.name}' was created but failed to initialize`;
  throw new InitFailed(message, { ...found, reasons: [message, ...(await explain())] });
}

function whereIs(urn: string, id: string, state: State | undefined): ObjectPlace {
  const known = state === undefined ? {} : placeOf(state.live);
  return { ...kindOfType(typeOf(urn)), ...known, ...parseId(id) };
}

const ownAnnotations = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/** A live object as inputs for an import: without what only the server writes. */
function withoutOwn(live: JsonObject): JsonObject {
  const paths = [["status"], ...ownAnnotations.map((name) => ["metadata", "annotations", name])];
  const inputs = paths.reduce((object, path) => withoutAt(object, path), normalized(live));
  const annotations = objectAt(inputs, "metadata", "annotations");
  const isBare = isObject(inputs.metadata) && Object.keys(annotations).length === 0;
  return isBare ? withoutAt(inputs, ["metadata", "annotations"]) : inputs;
}
