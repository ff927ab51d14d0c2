import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../errors.ts";
import type { Namespace, Registry } from "../../registry/resolve.ts";
import type { Platform, PreviousResources } from "../platform.ts";
import { TemporalNamespace } from "../temporal-namespace.ts";
import { AlgorithmNamespace, type KubernetesNamespace, kubernetesNamespaces } from "./algorithm-namespace.ts";
import { installKeda } from "./keda.ts";
import { kubernetesWorker } from "./kubernetes-worker.ts";
import { ownershipGuard } from "./ownership-guard.ts";
import { registryDigests } from "./registry-digests.ts";
import { siteProblems } from "./site-problems.ts";
import type { KubernetesStackSettings } from "./stack-settings.ts";
import { temporalServer } from "./temporal/temporal-server.ts";
import type { WorkerSite } from "./worker-site.ts";

export interface KubernetesPlatformArgs {
  /** The name of the stack. */
  readonly stack: string;
  readonly settings: KubernetesStackSettings;
  /** The registry, resolved for the stack. */
  readonly registry: Registry;
  /** What the last run left. */
  readonly previous: PreviousResources;
  /** Digest of the worker's sources (`runtimeDigest()`). */
  readonly runtimeDigest: string;
}

/**
 * The platform of a cluster: Temporal, a Kubernetes namespace for each of its namespaces, and for each algorithm its
 * image, gate, workers and autoscaler.
 *
 * @throws UserError when the settings do not fit the registry, or each other.
 */
export function kubernetesPlatform(args: KubernetesPlatformArgs): Platform {
  const { settings, registry, previous } = args;
  const stack = `${pulumi.getProject()}/${args.stack}`;
  const { context } = settings.kubernetes;
  const guard = ownershipGuard({ stack, context, previous });
  const options = { provider: clusterProvider(context), transforms: [guard.transform] };
  const places = kubernetesNamespaces(registry.namespaces, settings.kubernetes);
  const keda = settings.autoscaler === "keda" ? installKeda(settings.keda, stack, options) : undefined;
  const temporal = temporalServer(
    {
      stack,
      context,
      settings: settings.temporal,
      namespaces: registry.namespaces,
      clients: frontendClients(places, settings),
      pullSecrets: settings.images.pullSecrets,
    },
    options,
  );
  refuseProblems(siteProblems({ settings, registry, previous, endpointOf: temporal.endpointOf }));
  const siteOf = (namespace: Namespace): WorkerSite => ({
    ...settings.kubernetes,
    stack,
    namespace: placeOf(places, namespace).name,
    temporal: temporal.endpointOf(namespace),
    gpuTypes: settings.gpuTypes,
    pullSecrets: settings.images.pullSecrets,
    autoscaler: settings.autoscaler,
  });
  const sites = new Map(registry.namespaces.map((namespace) => [namespace.name, siteOf(namespace)]));
  const made = new Map<string, readonly pulumi.Resource[]>();
  return {
    recipe: { platform: "kubernetes", runtime: args.runtimeDigest },
    sources: { form: "remote", previous: releasesOf(previous), digestOf: registryDigests() },
    namespaces: (namespaces) => {
      const inCluster = makePlaces(places, { ...args, stack, temporal }, options);
      for (const namespace of namespaces) {
        const { access = temporal.access } = temporal.access.namespaces[namespace.name] ?? {};
        const { address, tls, portForward } = access;
        const served = new TemporalNamespace(
          namespace.name,
          { namespace, address, tls, portForward },
          { dependsOn: [...temporal.ready] },
        );
        const around = [inCluster.get(placeOf(places, namespace).name), keda].flatMap((resource) => resource ?? []);
        made.set(namespace.name, [served, ...around]);
      }
    },
    runs: () => true,
    refusals: (entries) => guard.refusals(entries, sites),
    worker: (name, { entry, release }, parent) => {
      const { version, commit, settings: wanted, source } = release;
      const site = sites.get(entry.namespace);
      if (site === undefined) throw new Error(`There is no namespace ${entry.namespace}.`);
      const image = source.apply((found) => (found.kind === "image" ? found.reference : ""));
      kubernetesWorker(
        name,
        { entry, site, deployed: { version, commit, settings: wanted, image }, after: made.get(entry.namespace) },
        parent,
      );
    },
    outputs: { temporalAddress: temporal.access.address, temporalAccess: temporal.access },
  };
}

/** One for the whole cluster: each is a process that learns the cluster's kinds anew. */
function clusterProvider(context: string | undefined): k8s.Provider {
  return new k8s.Provider("kubernetes", {
    // Left out, it would be the path in `KUBECONFIG`: a file of this machine, in everybody's state.
    kubeconfig: "",
    ...(context === undefined ? {} : { context }),
    // Another kubeconfig for the same cluster is no reason to make everything anew.
    clusterIdentifier: context ?? "current",
    // A create whose answer was lost is found again; objects of others are refused before (`ownershipGuard`).
    upsertExistingObjects: true,
    enableConfigMapMutable: true,
  });
}

/** Who calls Temporal: the workers, and KEDA, which asks for their backlog. */
function frontendClients(places: readonly KubernetesNamespace[], { autoscaler, keda }: KubernetesStackSettings) {
  const workers = places.map(({ name }) => ({
    namespace: name,
    labels: { "app.kubernetes.io/managed-by": "algorithm-conduit" },
  }));
  return autoscaler === "keda" ? [...workers, { namespace: keda.namespace, labels: {} }] : workers;
}

function placeOf(places: readonly KubernetesNamespace[], { name }: Namespace): KubernetesNamespace {
  const place = places.find(({ keys }) => keys.includes(name));
  if (place === undefined) throw new Error(`The namespace ${name} has no place in the cluster.`);
  return place;
}

type PlaceArgs = Omit<KubernetesPlatformArgs, "previous"> & { readonly temporal: ReturnType<typeof temporalServer> };

function makePlaces(
  places: readonly KubernetesNamespace[],
  { stack, settings, registry, temporal }: PlaceArgs,
  options: pulumi.ComponentResourceOptions,
): ReadonlyMap<string, pulumi.Resource> {
  const { quota, limitRange } = settings.kubernetes;
  const made = places.map((place) => {
    const served = registry.namespaces.filter(({ name }) => place.keys.includes(name));
    const addresses = served.map((namespace) => temporal.endpointOf(namespace).address);
    const namespace = new AlgorithmNamespace(
      place.name,
      {
        stack,
        namespace: place,
        gpuTypes: settings.gpuTypes,
        quota,
        limitRange,
        temporal: [...new Set(addresses)],
        scrapedFrom: settings.autoscaler === "keda" ? [settings.keda.namespace] : [],
      },
      options,
    );
    return [place.name, namespace] as const;
  });
  return new Map(made);
}

function releasesOf(previous: PreviousResources): ReadonlyMap<string, unknown> {
  return new Map(previous.ofType("conduit:index:Release").map(({ name, outputs }) => [name, outputs]));
}

function refuseProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new UserError("The settings of the stack do not fit the registry.", problems);
}
