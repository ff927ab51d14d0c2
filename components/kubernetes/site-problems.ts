import type { Namespace, Registry } from "../../registry/resolve.ts";
import { didYouMean, quoted } from "../../registry/wording.ts";
import type { PreviousResources } from "../platform.ts";
import { type KubernetesNamespace, kubernetesNamespaces } from "./algorithm-namespace.ts";
import { gpuTypeProblems } from "./gpu.ts";
import { buildSecretsProblem, imageProblems } from "./image-settings.ts";
import type { KubernetesStackSettings } from "./stack-settings.ts";
import { shardProblem } from "./temporal/shards.ts";
import type { TemporalEndpoint } from "./temporal-endpoint.ts";
import { kedaProblem } from "./worker-autoscaler.ts";

export interface SiteProblemsArgs {
  readonly settings: KubernetesStackSettings;
  readonly registry: Registry;
  /** What the last run left. */
  readonly previous: PreviousResources;
  /** The variables that the engine has. */
  readonly environment: NodeJS.ProcessEnv;
  /** How the pods of a namespace reach Temporal. */
  readonly endpointOf: (namespace: Namespace) => TemporalEndpoint;
}

/** What is wrong between a stack's settings and its registry, or its past: a sentence for each. */
export function siteProblems({ settings, registry, previous, environment, endpointOf }: SiteProblemsArgs): string[] {
  const { temporal, autoscaler, gpuTypes, kubernetes } = settings;
  const keys = registry.namespaces.map(({ name }) => name);
  const known = previous.ofType("conduit:kubernetes:TemporalCluster")[0]?.outputs;
  const shards = temporal.mode === "cluster" ? [shardProblem(known, temporal.numHistoryShards)] : [];
  const scalers =
    autoscaler === "keda" ? registry.namespaces.map((namespace) => kedaProblem(endpointOf(namespace))) : [];
  const named = [
    ...Object.keys(kubernetes.namespaces).map((key) => ["kubernetes.namespaces", key] as const),
    ...(temporal.mode === "external" ? Object.keys(temporal.namespaces) : []).map(
      (key) => ["temporal.namespaces", key] as const,
    ),
  ];
  const problems = [
    ...named.flatMap(([place, key]) => (keys.includes(key) ? [] : [unknownNamespace(place, key, keys)])),
    ...gpuTypeProblems(
      gpuTypes,
      registry.algorithms.map(({ name }) => name),
    ),
    ...imageProblems(settings.images, registry.algorithms),
    ...[buildSecretsProblem(settings.images, environment), ...shards, ...scalers].flatMap((problem) => problem ?? []),
    ...registry.algorithms.flatMap(({ name }) => (name === "default" ? [defaultAccount] : [])),
    ...kubernetesNamespaces(registry.namespaces, kubernetes).flatMap((place) => neighbourProblems(place, settings)),
  ];
  return [...new Set(problems)];
}

function unknownNamespace(place: string, key: string, keys: readonly string[]): string {
  return `\`conduit:${place}\` names \`${key}\`, which the registry does not have. ${didYouMean(key, keys, `Choose from ${quoted(keys)}.`)}`;
}

const defaultAccount =
  "The algorithm `default` would have the ServiceAccount `default`, which is that of every pod without one. Rename it.";

/** Workers may name any Secret of their namespace as a variable's value: where a server's own are, none may run. */
function neighbourProblems(
  { name, keys }: KubernetesNamespace,
  { temporal, autoscaler, keda }: KubernetesStackSettings,
): string[] {
  const servers = [
    ...(temporal.mode === "external" ? [] : [["Temporal's server", temporal.namespace.name] as const]),
    ...(autoscaler === "keda" ? [["KEDA", keda.namespace] as const] : []),
  ];
  return servers
    .filter(([, namespace]) => namespace === name)
    .map(
      ([whose]) =>
        `Workers of ${quoted(keys)} would run in the Kubernetes namespace \`${name}\`, beside ${whose} and its Secrets. ` +
        `Write another one in \`conduit:kubernetes.namespaces.${keys[0]}.name\`.`,
    );
}
