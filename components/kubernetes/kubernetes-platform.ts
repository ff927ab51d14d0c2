import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../errors.ts";
import type { Namespace, Registry } from "../../registry/resolve.ts";
import type { Platform, PreviousResources } from "../platform.ts";
import { TemporalNamespace } from "../temporal-namespace.ts";
import { type AlgorithmImagesArgs, algorithmImages } from "./algorithm-images.ts";
import {
  AlgorithmNamespace,
  type KubernetesNamespace,
  kubernetesNamespaces,
  namespaceObjects,
} from "./algorithm-namespace.ts";
import {
  type ClusterIdentity,
  clusterIdentity,
  otherClusterProblem,
  previousCluster,
  unknownCluster,
} from "./cluster-identity.ts";
import { kubernetesRecipe } from "./image-recipe.ts";
import { installKeda, kedaGroups, kedaObjects } from "./keda.ts";
import { kubernetesWorker } from "./kubernetes-worker.ts";
import { managedBy } from "./metadata.ts";
import { Monitoring, monitoringObjects } from "./monitoring.ts";
import { ownershipGuard } from "./ownership-guard.ts";
import { imageType } from "./previous-outputs.ts";
import { registryDigests } from "./registry-digests.ts";
import { siteProblems } from "./site-problems.ts";
import { scrapedFrom, stackMonitoring } from "./stack-monitoring.ts";
import type { KubernetesStackSettings } from "./stack-settings.ts";
import { makeTemporal, type TemporalPlan, type TemporalServerArgs, temporalPlan } from "./temporal/temporal-server.ts";
import type { WorkerSite } from "./worker-site.ts";
import { keepsVolume } from "./worker-volumes.ts";

export interface KubernetesPlatformArgs {
  /** The name of the stack. */
  readonly stack: string;
  readonly settings: KubernetesStackSettings;
  /** The registry, resolved for the stack. */
  readonly registry: Registry;
  /** What the last run left. */
  readonly previous: PreviousResources;
  /** The variables that the engine has. */
  readonly environment: NodeJS.ProcessEnv;
  /** What worker base images are built from. */
  readonly imageContext: AlgorithmImagesArgs["context"];
}

/**
 * The platform of a cluster: Temporal, a Kubernetes namespace for each of its namespaces, and for each algorithm its
 * image, gate, workers and autoscaler.
 *
 * @throws UserError when the settings do not fit the registry, or each other.
 */
export async function kubernetesPlatform(args: KubernetesPlatformArgs): Promise<Platform> {
  const { settings, registry, previous } = args;
  const { context } = settings.kubernetes;
  const stack = `${pulumi.getProject()}/${args.stack}`;
  const places = kubernetesNamespaces(registry.namespaces, settings.kubernetes);
  const server = serverArgs({ stack, settings, registry, places });
  const temporal = temporalPlan(server);
  const namespaces = places.map((place) => namespaceArgs(place, { stack, settings, registry, temporal }));
  const guard = ownershipGuard({ stack, context, previous, installing: kedaGroups(settings) });
  const before = previousCluster(previous);
  const cluster = await clusterIdentity({ context });
  const elsewhere = otherClusterProblem(before, cluster, context);
  if (elsewhere !== undefined) throw new UserError(elsewhere);
  refuse("The settings of the stack do not fit.", siteProblems({ ...args, ...temporal }));
  const monitoring = stackMonitoring({ stack, settings, registry, places });
  const monitors = monitoring === undefined ? [] : monitoringObjects(monitoring);
  const objects = [...temporal.objects, ...kedaObjects(settings), ...namespaces.flatMap(namespaceObjects), ...monitors];
  refuse("Objects of others stand where the stack's would be.", await guard.problems(objects));

  const provider = clusterProvider(context, before ?? cluster ?? unknownCluster);
  const options = { provider };
  const keda = installKeda(settings, stack, options);
  const ready = makeTemporal(server, options);
  const made = new Map(
    namespaces.map((each) => [each.namespace.name, new AlgorithmNamespace(each.namespace.name, each, options)]),
  );
  if (monitoring) new Monitoring("monitoring", { ...monitoring, after: [...ready, ...made.values()] }, options);
  const served = new Map<string, TemporalNamespace>();
  const sites = new Map(
    registry.namespaces.map((namespace) => [namespace.name, siteOf(namespace, { stack, settings, places, temporal })]),
  );
  const releases = releasesOf(previous);
  const built = builtImages(previous);
  const imageOf = algorithmImages({ images: settings.images, context: args.imageContext, previous: releases, built });
  return {
    recipe: kubernetesRecipe(settings.images, args.imageContext.digest),
    sources: { form: "remote", previous: releases, digestOf: registryDigests() },
    namespaces: (entries) => {
      for (const namespace of entries) {
        const { access = temporal.access } = temporal.access.namespaces[namespace.name] ?? {};
        const { address, tls, portForward } = access;
        const args = { namespace, address, tls, portForward };
        served.set(namespace.name, new TemporalNamespace(namespace.name, args, { dependsOn: [...ready] }));
      }
    },
    runs: () => true,
    providers: [provider],
    refusals: (entries) => guard.refusals(entries, sites),
    worker: (name, { entry, release, candidate }, parent) => {
      const { version, commit, settings: wanted } = release;
      const site = known(sites, entry.namespace);
      const { image, mock } = imageOf(name, { entry, release, candidate }, parent);
      const after = [served.get(entry.namespace), made.get(site.namespace), keda].flatMap((resource) => resource ?? []);
      const deployed = { version, commit, settings: wanted, image };
      kubernetesWorker(name, { entry, site, deployed, mock, after }, parent);
    },
    outputs: { temporalAddress: temporal.access.address, temporalAccess: temporal.access },
  };
}

/** One for the whole cluster: each is a process that learns the cluster's kinds anew. */
function clusterProvider(context: string | undefined, clusterIdentifier: ClusterIdentity): k8s.Provider {
  return new k8s.Provider("kubernetes", {
    // Left out, it would be the path in `KUBECONFIG`: a file of this machine, in everybody's state.
    kubeconfig: "",
    ...(context === undefined ? {} : { context }),
    // Another kubeconfig for the same cluster is no reason to make everything anew.
    clusterIdentifier,
    // A create whose answer was lost is found again; objects of others are refused before (`ownershipGuard`).
    upsertExistingObjects: true,
    enableConfigMapMutable: true,
    // What somebody changed by hand is put right, and does not keep the next version out.
    enablePatchForce: true,
  });
}

/** What the parts of a stack are planned from. */
interface Plan {
  /** `<project>/<stack>`. */
  readonly stack: string;
  readonly settings: KubernetesStackSettings;
  readonly registry: Registry;
  readonly places: readonly KubernetesNamespace[];
  readonly temporal: TemporalPlan;
}

function serverArgs({ stack, settings, registry, places }: Omit<Plan, "temporal">): TemporalServerArgs {
  const { context } = settings.kubernetes;
  const workers = places.map(({ name }) => ({ namespace: name, labels: managedBy }));
  // KEDA asks for the backlog.
  const scaler = settings.autoscaler === "keda" ? [{ namespace: settings.keda.namespace, labels: {} }] : [];
  return {
    stack,
    context,
    settings: settings.temporal,
    namespaces: registry.namespaces,
    clients: [...workers, ...scaler],
    pullSecrets: settings.images.pullSecrets,
    metricsFrom: scrapedFrom(settings),
  };
}

function namespaceArgs(namespace: KubernetesNamespace, { stack, settings, registry, temporal }: Omit<Plan, "places">) {
  const { quota, limitRange } = settings.kubernetes;
  const here = registry.namespaces.filter(({ name }) => namespace.keys.includes(name));
  return {
    stack,
    namespace,
    gpuTypes: settings.gpuTypes,
    quota,
    limitRange,
    temporalCidrs: temporal.cidrs,
    temporal: [...new Set(here.map((entry) => temporal.endpointOf(entry).address))],
    scrapedFrom: [settings.autoscaler === "keda" ? settings.keda.namespace : [], scrapedFrom(settings) ?? []].flat(),
    // With the namespace would go the volumes in it.
    keep: registry.algorithms.some((entry) => namespace.keys.includes(entry.namespace) && keepsVolume(entry)),
  };
}

function siteOf(namespace: Namespace, { stack, settings, places, temporal }: Omit<Plan, "registry">): WorkerSite {
  const { scratch, podStart, storageClass } = settings.kubernetes;
  const place = places.find(({ keys }) => keys.includes(namespace.name));
  if (place === undefined) throw new Error(`The namespace ${namespace.name} has no place in the cluster.`);
  return {
    stack,
    namespace: place.name,
    temporal: temporal.endpointOf(namespace),
    gpuTypes: settings.gpuTypes,
    pullSecrets: settings.images.pullSecrets,
    autoscaler: settings.autoscaler,
    scratch,
    podStart,
    storageClass,
  };
}

function releasesOf(previous: PreviousResources): ReadonlyMap<string, unknown> {
  return new Map(previous.ofType("conduit:index:Release").map(({ name, outputs }) => [name, outputs]));
}

function builtImages(previous: PreviousResources): ReadonlyMap<string, string> {
  const images = previous.ofType(imageType).map(({ name, outputs }) => [name, outputs.ref] as const);
  return new Map(images.flatMap(([name, ref]) => (typeof ref === "string" ? [[name, ref] as const] : [])));
}

function known<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`There is no ${key}.`);
  return value;
}

function refuse(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new UserError(what, problems);
}
