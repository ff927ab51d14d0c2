import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../errors.ts";
import { ApiError, isForbidden, isMissing, isNamespaceMissing, isThere, NoSuchKind } from "./api-error.ts";
import { isUnreachable } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { InitFailed } from "./init-failed.ts";
import { type JsonObject, withAt, withoutAt } from "./json.ts";
import { manifestOf } from "./manifest.ts";
import { annotationOf, idOf, isAnnotated, nameOf } from "./object.ts";
import type { WriteOptions } from "./objects.ts";
import { explained } from "./refusals.ts";
import { hasUnknown } from "./secrets.ts";
import { checkpoint } from "./state.ts";
import { NotReady } from "./wait/not-ready.ts";
import { waitUntilReady } from "./wait/wait.ts";

/** One create that the engine asks for. */
export interface CreateRequest {
  readonly urn: string;
  /** The checked inputs. */
  readonly inputs: JsonObject;
  /** Seconds; 0 for the default. */
  readonly timeout: number;
  readonly preview: boolean;
}

/** An object as the engine keeps it. */
export interface Kept {
  /** Empty in a preview. */
  readonly id: string;
  readonly properties: JsonObject;
}

/** Creates an object and waits until it is ready; in a preview, asks the server what would come out. */
export async function create(cluster: Cluster, request: CreateRequest): Promise<Kept> {
  return request.preview ? await previewCreate(cluster, request) : await reallyCreate(cluster, request);
}

async function previewCreate(cluster: Cluster, { inputs }: CreateRequest): Promise<Kept> {
  const asAsked = { id: "", properties: inputs };
  if (hasUnknown(inputs)) return asAsked;
  const manifest = manifestOf(inputs);
  const manager = managerFor(manifest);
  try {
    const live = withoutAt(await previewWrite(cluster, manifest, { manager, dryRun: true }), ["status"]);
    return { id: "", properties: checkpoint({ inputs: manifest, live, secrets: inputs, manager }) };
  } catch (thrown) {
    const isExpected = [isThere, isForbidden, isNamespaceMissing, isUnreachable].some((matches) => matches(thrown));
    if (isExpected || thrown instanceof NoSuchKind) return asAsked;
    throw explained(thrown, manager);
  }
}

/** The new object of a replacement may have the old one's name: then the server only sees an immutable field change. */
async function previewWrite(cluster: Cluster, manifest: JsonObject, options: WriteOptions): Promise<JsonObject> {
  return await write(cluster, manifest, options).catch((thrown) => {
    const isImmutable = thrown instanceof ApiError && thrown.code === 422 && /field is immutable/.test(thrown.message);
    if (!isImmutable) throw thrown;
    const name = `${nameOf(manifest)}${randomBytes(3).toString("hex").slice(0, 5)}`;
    return write(cluster, withAt(manifest, ["metadata", "name"], name), options);
  });
}

async function reallyCreate(cluster: Cluster, { urn, inputs, timeout }: CreateRequest): Promise<Kept> {
  const manifest = manifestOf(inputs);
  const manager = managerFor(manifest);
  const created = await writeOnceThere(cluster, urn, manifest, { manager, dryRun: false }).catch((thrown) => {
    const explanation =
      thrown instanceof NoSuchKind ? new Error(`${thrown.message}. Its CRD has to be there first.`) : thrown;
    const reason = messageOf(explained(explanation, manager));
    throw new Error(`resource "${urn}" was not successfully created by the Kubernetes API server: ${reason}`);
  });
  const keep = (live: JsonObject) => checkpoint({ inputs: manifest, live, secrets: inputs, manager });
  try {
    const live = await waitUntilReady(cluster, { urn, inputs: manifest, written: created, timeout });
    return { id: idOf(live), properties: keep(live) };
  } catch (thrown) {
    if (!(thrown instanceof NotReady)) throw thrown;
    const message =
      `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully ` +
      `initialize or become live: ${thrown.message}`;
    throw new InitFailed(message, {
      id: idOf(created),
      properties: keep(thrown.live),
      reasons: [message, ...thrown.reasons],
    });
  }
}

const retries = 5;

/** The object's namespace or kind may be made by the same run, a moment later. */
async function writeOnceThere(cluster: Cluster, urn: string, manifest: JsonObject, options: WriteOptions) {
  for (let retry = 0; ; retry++) {
    try {
      return await write(cluster, manifest, options);
    } catch (thrown) {
      if (!isMissing(thrown) || retry === retries) throw thrown;
      cluster.tell(urn, `Retry #${retry}; creation failed: ${messageOf(thrown)}`);
      await sleep(1000 * 2 ** retry, undefined, { signal: cluster.signal });
    }
  }
}

/** A create refuses what is there, unless the provider is told to take it over. */
async function write({ objects, configuration }: Cluster, manifest: JsonObject, options: WriteOptions) {
  if (!configuration.upsertExistingObjects)
    return await objects.create(manifest, { ...options, manager: createManager });
  const force = options.dryRun || configuration.patchForce || isAnnotated(manifest, "pulumi.com/patchForce");
  return await objects.apply(manifest, { ...options, force });
}

const createManager = "pulumi-kubernetes";

/** The manager that applies the object from now on: a name of its own, so that two programs notice each other. */
function managerFor(manifest: JsonObject): string {
  const given = annotationOf(manifest, "pulumi.com/patchFieldManager");
  return given ?? `${createManager}-${randomBytes(4).toString("hex")}`;
}
