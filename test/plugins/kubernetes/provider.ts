import { NoSuchKind } from "./api-error.ts";
import { check } from "./check.ts";
import { isUnreachable } from "./client.ts";
import { type Cluster, clusterOf } from "./cluster.ts";
import { problemsOf, readConfiguration } from "./configuration.ts";
import { connect } from "./connection.ts";
import { type DetailedChange, diff } from "./diff.ts";
import { type JsonObject, textAt } from "./json.ts";
import { manifestOf } from "./manifest.ts";
import { isAnnotated, type ObjectKind, placeOf, typeOf } from "./object.ts";
import { hasUnknown } from "./secrets.ts";
import { parseState } from "./state.ts";
import { unsupportedType } from "./unsupported.ts";
import { judgeJob } from "./wait/job.ts";

/** What the engine asks when it checks a resource's inputs. */
export interface Check {
  readonly urn: string;
  readonly olds: JsonObject;
  readonly news: JsonObject;
  readonly seed: Uint8Array;
  readonly proposedName: string | undefined;
}

/** What the engine asks when it looks for changes. */
export interface Diff {
  readonly urn: string;
  /** The outputs of the last run. */
  readonly olds: JsonObject;
  readonly news: JsonObject;
  readonly ignoreChanges: readonly string[];
}

/** What a diff answers. */
export interface DiffAnswer {
  readonly changes: readonly DetailedChange[];
  /** Paths that need a new object, besides those of `changes`. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/**
 * The cluster that a provider's configuration names.
 *
 * @param variables The configuration as texts, by keys such as `kubernetes:config:namespace`.
 * @throws when the configuration or its kubeconfig cannot be used.
 */
export async function configure(
  variables: ReadonlyMap<string, string>,
  signal: AbortSignal,
  tell: Cluster["tell"],
): Promise<Cluster> {
  const problems = problemsOf(variables);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const configuration = readConfiguration(variables, process.env);
  return clusterOf(await connect(configuration), configuration, signal, tell);
}

/** Names an object and gives it its namespace. */
export async function checkInputs(cluster: Cluster, request: Check): Promise<JsonObject> {
  const { urn, news } = request;
  const unsupported = unsupportedType(typeOf(urn), news);
  if (unsupported !== undefined) throw new Error(unsupported);
  const namespace = (await isNamespaced(cluster, placeOf(manifestOf(news)))) ? cluster.namespace : undefined;
  return check({ ...request, namespace });
}

/** Compares with the last run; only a Job that asks for it is looked at in the cluster. */
export async function diffInputs(cluster: Cluster, { urn, olds, news, ignoreChanges }: Diff): Promise<DiffAnswer> {
  const state = parseState(olds, urn);
  const manifest = manifestOf(news);
  const { configuration } = cluster;
  const namespaced = await isNamespaced(cluster, placeOf(manifest));
  const difference = diff({ state, news: manifest, ignoreChanges, configuration, namespaced });
  const isAsked = isAnnotated(manifest, "pulumi.com/replaceUnready") && textAt(manifest, "kind") === "Job";
  const isUnready = isAsked && !hasUnknown(news) && (await isUnreadyJob(cluster, state.live));
  const replaces = isUnready ? ['.metadata.annotations["pulumi.com/replaceUnready"]'] : [];
  return { ...difference, replaces };
}

async function isUnreadyJob({ objects }: Cluster, live: JsonObject): Promise<boolean> {
  const job = await objects.get(placeOf(live)).catch(() => undefined);
  return job !== undefined && !judgeJob(job).ready;
}

/** A kind that is not there yet, or a server that does not answer, is taken for one with namespaces. */
async function isNamespaced({ objects }: Cluster, kind: ObjectKind): Promise<boolean> {
  try {
    return (await objects.discover(kind)).namespaced;
  } catch (thrown) {
    if (thrown instanceof NoSuchKind || isUnreachable(thrown)) return true;
    throw thrown;
  }
}
