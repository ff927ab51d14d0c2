import { messageOf } from "../errors.ts";

/**
 * Whether a cluster did not answer since it does not know a kind of object: the kind is not in its group, or the whole group
 * is not there, as on a cluster on which KEDA was never installed.
 *
 * @param thrown By the generic client of Kubernetes (`KubernetesObjectApi`).
 */
export function isUnknownKind(thrown: unknown): boolean {
  const message = messageOf(thrown);
  if (/Unrecognized API version and kind/.test(message)) return true;
  const isNotFound = thrown instanceof Error && "code" in thrown && thrown.code === 404;
  return isNotFound && message.startsWith("Failed to fetch resource metadata");
}
