import { at, type JsonObject, textAt } from "./json.ts";

/** The kind of an object, as manifests name it. */
export interface ObjectKind {
  /** @example "apps/v1", "v1" */
  readonly apiVersion: string;
  readonly kind: string;
}

/** Where an object is. */
export interface ObjectPlace extends ObjectKind {
  readonly name: string;
  /** Undefined for kinds without one, and where the default of the connection is meant. */
  readonly namespace?: string | undefined;
}

/** The place that an object itself names. */
export function placeOf(object: JsonObject): ObjectPlace {
  return {
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
    name: nameOf(object),
    namespace: namespaceOf(object),
  };
}

/** `metadata.name`, or an empty text. */
export function nameOf(object: JsonObject): string {
  return textAt(object, "metadata", "name") ?? "";
}

/** `metadata.namespace`; an empty one is none. */
export function namespaceOf(object: JsonObject): string | undefined {
  const namespace = textAt(object, "metadata", "namespace");
  return namespace === "" ? undefined : namespace;
}

/** The engine's id of an object: `namespace/name`, or the name of an object without a namespace. */
export function idOf(object: JsonObject): string {
  const namespace = namespaceOf(object);
  return namespace === undefined ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}

/** What an id says. */
export function parseId(id: string): { readonly name: string; readonly namespace?: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { name: first } : { name: second, namespace: first };
}

/** The value of an annotation, or undefined. */
export function annotationOf(object: JsonObject, name: string): string | undefined {
  return textAt(object, "metadata", "annotations", name);
}

/** Whether an annotation says `true`. A boolean is taken too, since programs write it so before the server refuses it. */
export function isAnnotated(object: JsonObject, name: string): boolean {
  const value = at(object, "metadata", "annotations", name);
  return value === "true" || value === true;
}

/** The name that the program gave a resource: the end of its URN. */
export function resourceNameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** The type of a URN: `urn:pulumi:stack::project::parent$kubernetes:apps/v1:Deployment::name`. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The kind that a type such as `kubernetes:core/v1:ConfigMap` stands for. */
export function kindOfType(type: string): ObjectKind {
  const [, apiVersion = "", kind = ""] = type.split(":");
  return { apiVersion: apiVersion.replace(/^core\//, ""), kind };
}
