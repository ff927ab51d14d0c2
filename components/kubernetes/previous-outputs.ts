import type { Selection } from "../../tools/wire-struct.ts";
import { providerType } from "./cluster-identity.ts";

/** The type of an image that was built. */
export const imageType = "docker-build:index:Image";

/** What the platform reads of the last run: whole releases, built images, Temporal's own facts, and objects' names. */
export function previousOutputs(type: string): Selection {
  if (type === "conduit:index:Release") return true;
  if (type === "conduit:kubernetes:TemporalCluster") return (key) => (key === "numHistoryShards" ? true : undefined);
  if (type === imageType) return (key) => (key === "ref" ? true : undefined);
  if (type === providerType) return (key) => (key === "clusterIdentifier" ? true : undefined);
  return type.startsWith("kubernetes:") ? (key) => (key === "metadata" ? nameParts : undefined) : undefined;
}

function nameParts(key: string): Selection {
  return key === "name" || key === "namespace" ? true : undefined;
}
