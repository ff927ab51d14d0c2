import type { ObjectMeta } from "../metadata.ts";
import type { ObjectReference } from "../ownership.ts";
import { devServerDeployment, devServerService, devServerVolume } from "./dev-server.ts";
import { dynamicConfigMap } from "./dynamic-config.ts";
import { serverNamespaceManifest } from "./namespace.ts";
import { clusterPolicies, commonPolicies, type Policy } from "./network-policies.ts";
import type { Place } from "./part.ts";
import { postgresService, postgresStatefulSet } from "./postgres.ts";
import { schemaJob } from "./schema-job.ts";
import { serverDeployment, serverServices } from "./server.ts";
import { disruptionBudget, frontendService, membersService } from "./server-services.ts";
import type { TemporalClusterArgs } from "./temporal-cluster.ts";
import type { TemporalDevServerArgs } from "./temporal-dev-server.ts";
import { uiDeployment, uiService } from "./ui.ts";

interface Named {
  readonly metadata: ObjectMeta;
}

/** Every object that a {@link TemporalCluster} is. */
export function clusterObjects({ stack, settings, pullSecrets, metricsFrom }: TemporalClusterArgs): ObjectReference[] {
  const { namespace, postgres, ui, uiClients } = settings;
  const place = { stack, namespace: namespace.name };
  const policies = [
    ...commonPolicies(place, { clients: [], uiClients, metricsFrom }),
    ...clusterPolicies(place, postgres),
  ];
  return [
    ...namespaceAndPolicies(place, namespace.create, policies),
    ...(postgres.kind === "own" ? [service(postgresService(place)), statefulSet(place, postgres)] : []),
    reference("batch/v1", "Job", schemaJob(stack, settings, pullSecrets)),
    reference("v1", "ConfigMap", dynamicConfigMap(stack, settings)),
    ...serverServices(settings).flatMap((part) => {
      const budget = disruptionBudget(place, settings, part);
      return [
        deployment(serverDeployment(stack, settings, part)),
        service(membersService(place, part)),
        ...(part === "frontend" || part === "internal-frontend" ? [service(frontendService(place, part))] : []),
        ...(budget ? [reference("policy/v1", "PodDisruptionBudget", budget)] : []),
      ];
    }),
    ...(ui ? [deployment(uiDeployment(place, settings)), service(uiService(place))] : []),
  ];
}

/** Every object that a {@link TemporalDevServer} is. */
export function devServerObjects({ stack, settings, metricsFrom }: TemporalDevServerArgs): ObjectReference[] {
  const { namespace, ui, uiClients } = settings;
  const place = { stack, namespace: namespace.name };
  const volume = devServerVolume(place, settings);
  return [
    ...namespaceAndPolicies(place, namespace.create, commonPolicies(place, { clients: [], uiClients, metricsFrom })),
    deployment(devServerDeployment(place, settings)),
    service(devServerService(place)),
    ...(volume ? [reference("v1", "PersistentVolumeClaim", volume)] : []),
    ...(ui ? [service(uiService(place))] : []),
  ];
}

function namespaceAndPolicies(place: Place, create: boolean, policies: readonly Policy[]): ObjectReference[] {
  return [
    ...(create ? [reference("v1", "Namespace", serverNamespaceManifest(place))] : []),
    ...policies.map(({ manifest }) => reference("networking.k8s.io/v1", "NetworkPolicy", manifest)),
  ];
}

function statefulSet(...args: Parameters<typeof postgresStatefulSet>): ObjectReference {
  return reference("apps/v1", "StatefulSet", postgresStatefulSet(...args));
}

function deployment(manifest: Named): ObjectReference {
  return reference("apps/v1", "Deployment", manifest);
}

function service(manifest: Named): ObjectReference {
  return reference("v1", "Service", manifest);
}

function reference(apiVersion: string, kind: string, { metadata }: Named): ObjectReference {
  const { namespace, name } = metadata;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}
