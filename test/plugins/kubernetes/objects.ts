import type { ApiRequest, Send } from "./client.ts";
import { type Discover, rootOf } from "./discovery.ts";
import { arrayAt, isObject, type Json, type JsonObject } from "./json.ts";
import { type ObjectKind, type ObjectPlace, placeOf } from "./object.ts";

/** How a write is made. */
export interface WriteOptions {
  /** Who owns the fields from then on. */
  readonly manager: string;
  /** Checks everything and changes nothing. */
  readonly dryRun: boolean;
}

/** The objects of one API server. */
export interface Objects {
  readonly get: (place: ObjectPlace) => Promise<JsonObject>;
  /** Objects of a kind in a namespace, by labels (`app=web`) or fields when given. */
  readonly list: (kind: ObjectKind, namespace: string | undefined, query?: Query) => Promise<readonly JsonObject[]>;
  readonly create: (object: JsonObject, options: WriteOptions) => Promise<JsonObject>;
  /** Server-side apply; `force` takes fields over that others manage. */
  readonly apply: (object: JsonObject, options: WriteOptions & { readonly force: boolean }) => Promise<JsonObject>;
  readonly replace: (object: JsonObject, options: WriteOptions) => Promise<JsonObject>;
  /** A JSON patch. */
  readonly patch: (place: ObjectPlace, operations: readonly Json[]) => Promise<JsonObject>;
  readonly delete: (place: ObjectPlace, propagationPolicy: string) => Promise<JsonObject>;
  readonly discover: Discover;
}

/** The selectors of a list. */
export interface Query {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** @param namespace Of objects that name none. */
export function objectsOf(send: Send, discover: Discover, namespace: string): Objects {
  const collection = async (kind: ObjectKind, within: string | undefined) => {
    const { plural, namespaced } = await discover(kind);
    return `${rootOf(kind.apiVersion)}${namespaced ? `/namespaces/${within ?? namespace}` : ""}/${plural}`;
  };
  const one = async (place: ObjectPlace) => `${await collection(place, place.namespace)}/${place.name}`;
  const write = async (request: ApiRequest, { manager, dryRun }: WriteOptions, more: Record<string, string> = {}) => {
    const query = { fieldManager: manager, fieldValidation: "Strict", ...(dryRun ? { dryRun: "All" } : {}), ...more };
    return await send({ ...request, query });
  };
  return {
    discover,
    get: async (place) => await send({ method: "GET", path: await one(place) }),
    list: async (kind, within, query) => {
      const list = await send({ method: "GET", path: await collection(kind, within), query: { ...query } });
      return arrayAt(list, "items").filter(isObject);
    },
    create: async (object, options) => {
      const { namespace: within, ...kind } = placeOf(object);
      return await write({ method: "POST", path: await collection(kind, within), body: object }, options);
    },
    apply: async (object, options) => {
      const request = { method: "PATCH", path: await one(placeOf(object)), body: object } as const;
      const force = { force: String(options.force) };
      return await write({ ...request, contentType: "application/apply-patch+yaml" }, options, force);
    },
    replace: async (object, options) =>
      await write({ method: "PUT", path: await one(placeOf(object)), body: object }, options),
    patch: async (place, operations) => {
      const request = { method: "PATCH", path: await one(place), body: operations } as const;
      return await send({ ...request, contentType: "application/json-patch+json" });
    },
    delete: async (place, propagationPolicy) =>
      await send({ method: "DELETE", path: await one(place), query: { propagationPolicy } }),
  };
}
