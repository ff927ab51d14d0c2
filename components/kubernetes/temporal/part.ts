import { type ObjectMeta, objectMeta, selectorOf } from "../metadata.ts";
import { partName } from "./names.ts";

/** Where a part of the server is, and whose it is. */
export interface Place {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  /** Its Kubernetes namespace. */
  readonly namespace: string;
}

/** The label that all pods of the server share. */
export const serverLabel = { "app.kubernetes.io/part-of": "temporal" } as const;

/**
 * The metadata of a part's object.
 *
 * @param name The object's name. @default `temporal-<part>`
 */
export function partMeta({ stack, namespace }: Place, part: string, name = partName(part)): ObjectMeta {
  return objectMeta({ stack, namespace, name, component: part, labels: serverLabel });
}

/** The metadata of an object for which nobody waits: it is ready when the pods behind it are, and they are waited for. */
export function unawaitedMeta(place: Place, part: string, name = partName(part)): ObjectMeta {
  const meta = partMeta(place, part, name);
  return { ...meta, annotations: { ...meta.annotations, "pulumi.com/skipAwait": "true" } };
}

/** The labels by which a part's pods are selected. */
export function partSelector(part: string): Record<string, string> {
  return selectorOf({ name: partName(part), component: part });
}

/** The metadata of a part's pods. */
export function podMeta(place: Place, part: string) {
  const { labels } = partMeta(place, part);
  return { labels };
}
