import type { Cluster } from "@kubernetes/client-node/dist/config_types.js";
import { readConfiguration } from "./configuration.ts";
import { loadKubeconfig } from "./connection.ts";
import { equal, type Json, type JsonObject } from "./json.ts";
import { revealObject, unknown } from "./secrets.ts";

/** What a change of a provider's own configuration does. */
export interface ProviderChanges {
  readonly changed: readonly string[];
  /** The settings whose change means another cluster, with which every object has to be made anew. */
  readonly replaces: readonly string[];
}

const selecting: readonly string[] = ["kubeconfig", "context", "cluster"];
const identifier = "clusterIdentifier";

/**
 * Compares two configurations of a provider. Another credential for the same cluster replaces nothing; where both name
 * their cluster by `clusterIdentifier`, only that name counts.
 */
export function providerChanges(olds: JsonObject, news: JsonObject): ProviderChanges {
  const [before, after] = [revealObject(olds), revealObject(news)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = keys.filter((key) => !equal(before[key] ?? undefined, after[key] ?? undefined));
  const [wasNamed, isNamed] = [before[identifier] ?? "", after[identifier] ?? ""];
  if (wasNamed !== "" && isNamed !== "") return { changed, replaces: equal(wasNamed, isNamed) ? [] : [identifier] };
  const selected = changed.filter((key) => selecting.includes(key));
  const unknowns = selected.filter((key) => after[key] === unknown);
  if (unknowns.length > 0) return { changed, replaces: unknowns };
  const [was, is] = selected.length === 0 ? [] : [serverOf(before), serverOf(after)];
  const isOther = was !== undefined && is !== undefined && !equal(was, is);
  return { changed, replaces: isOther ? selected : [] };
}

function serverOf(inputs: JsonObject): Json | undefined {
  try {
    const texts = Object.entries(inputs).map(([key, value]): [string, string] => [
      `kubernetes:config:${key}`,
      textOf(value),
    ]);
    const cluster = loadKubeconfig(readConfiguration(new Map(texts), process.env)).getCurrentCluster();
    return cluster ? identityOf(cluster) : undefined;
  } catch {
    // A kubeconfig that is gone or broken names no cluster: Configure says what is wrong with the new one.
    return undefined;
  }
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function identityOf({ server, caData, caFile, tlsServerName }: Cluster): Json {
  return [server, caData ?? null, caFile ?? null, tlsServerName ?? null];
}
