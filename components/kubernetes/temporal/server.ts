import { containerSecurityContext } from "../pod-security.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { databaseOf, databaseVolumes, serverDatabaseVariables, type Variable } from "./database.ts";
import { dynamicConfigFile, dynamicConfigFolder, dynamicConfigMap } from "./dynamic-config.ts";
import { frontendAddress, metricsPort, ports, type ServerService } from "./names.ts";
import { partMeta, partSelector, podMeta } from "./part.ts";
import { imageOf, resources } from "./quantities.ts";
import { restrictedPod, temporaryFolder } from "./restricted.ts";
import { serverProbes, serverShutdown } from "./server-life.ts";
import { spread } from "./spread.ts";

/** The services that a cluster runs. */
export function serverServices({ internalFrontend }: Pick<ClusterSettings, "internalFrontend">): ServerService[] {
  return ["frontend", ...(internalFrontend ? (["internal-frontend"] as const) : []), "history", "matching", "worker"];
}

/** How many of a service run and what each is given; an internal frontend is as the frontend. */
export function sizeOf(settings: Pick<ClusterSettings, "services">, service: ServerService) {
  return settings.services[service === "internal-frontend" ? "frontend" : service];
}

/**
 * The Deployment of one service of the server, configured by the template that its image embeds and by variables alone.
 *
 * @param pullSecrets Names of the Secrets that pull its image.
 */
export function serverDeployment(
  stack: string,
  settings: ClusterSettings,
  service: ServerService,
  pullSecrets: readonly string[] = [],
) {
  const place = { stack, namespace: settings.namespace.name };
  const { volumes, mounts } = databaseVolumes(databaseOf(settings.postgres));
  const { replicas, ...size } = sizeOf(settings, service);
  return {
    metadata: partMeta(place, service),
    spec: {
      replicas,
      // The old one goes when the new one serves: no shard is without an owner for longer than a hand-over takes.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: partSelector(service) },
      template: {
        metadata: podMeta(place, service),
        spec: {
          ...restrictedPod(pullSecrets),
          ...serverShutdown.pod,
          ...spread(partSelector(service)),
          containers: [
            {
              name: service,
              image: imageOf(settings.images.server, settings.version),
              env: serverVariables(settings, service),
              ports: containerPorts(service),
              ...serverProbes(service),
              ...serverShutdown.container(service),
              resources: resources(size),
              securityContext: containerSecurityContext,
              volumeMounts: [
                { name: "dynamic-config", mountPath: dynamicConfigFolder, readOnly: true },
                ...mounts,
                temporaryFolder.mount,
              ],
            },
          ],
          volumes: [
            { name: "dynamic-config", configMap: { name: dynamicConfigMap(stack, settings).metadata.name } },
            ...volumes,
            temporaryFolder.volume,
          ],
        },
      },
    },
  };
}

/** The ports of a service's pods; `metrics` is the one that Prometheus scrapes. */
export function servicePorts(service: ServerService): { name: string; port: number }[] {
  return [...Object.entries(ports[service]), ["metrics", metricsPort] as const].map(([name, port]) => ({ name, port }));
}

function containerPorts(service: ServerService) {
  return servicePorts(service).map(({ name, port }) => ({ name, containerPort: port }));
}

function serverVariables(settings: ClusterSettings, service: ServerService): Variable[] {
  return [
    { name: "TEMPORAL_SERVICES", value: service },
    // On all addresses, so that a port-forward gets in; to the others it is known by the pod's own.
    { name: "BIND_ON_IP", value: "0.0.0.0" },
    { name: "TEMPORAL_BROADCAST_ADDRESS", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    { name: "NUM_HISTORY_SHARDS", value: `${settings.numHistoryShards}` },
    ...serverDatabaseVariables(databaseOf(settings.postgres)),
    settings.internalFrontend
      ? { name: "USE_INTERNAL_FRONTEND", value: "true" }
      : { name: "PUBLIC_FRONTEND_ADDRESS", value: frontendAddress(settings.namespace.name) },
    { name: "DYNAMIC_CONFIG_FILE_PATH", value: `${dynamicConfigFolder}/${dynamicConfigFile}` },
    { name: "PROMETHEUS_ENDPOINT", value: `0.0.0.0:${metricsPort}` },
    { name: "LOG_LEVEL", value: "info" },
  ];
}
