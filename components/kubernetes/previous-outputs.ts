import { providerType } from "./cluster-identity.ts";

/** Which parts of an object are read: all, none, or what a function says of each key. */
type Parts = true | undefined | ((key: string) => Parts);

/** What the platform reads of the last run: whole releases, Temporal's own facts, and of the cluster's objects the names. */
export function previousOutputs(type: string): Parts {
  if (type === "conduit:index:Release") return true;
  if (type === "conduit:kubernetes:TemporalCluster") return (key) => (key === "numHistoryShards" ? true : undefined);
  if (type === providerType) return (key) => (key === "clusterIdentifier" ? true : undefined);
  return type.startsWith("kubernetes:") ? (key) => (key === "metadata" ? nameParts : undefined) : undefined;
}

function nameParts(key: string): Parts {
  return key === "name" || key === "namespace" ? true : undefined;
}
