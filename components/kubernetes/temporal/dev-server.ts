import { formatMemory } from "../../../registry/units.ts";
import { containerSecurityContext } from "../pod-security.ts";
import { cancelPollsOnShutdown } from "./dynamic-config.ts";
import { metricsPort, partName, ports, uiPort } from "./names.ts";
import { type Place, partMeta, partSelector, podMeta, unawaitedMeta } from "./part.ts";
import { resources } from "./quantities.ts";
import { restrictedPod, temporaryFolder } from "./restricted.ts";
import type { DevServerSettings } from "./settings.ts";

/** The part that the dev server plays: to everyone else it is the frontend. */
export const devServerComponent = "frontend";

const dataFolder = "/data";

/** The Deployment of Temporal's dev server: one pod that is the whole server. */
export function devServerDeployment(place: Place, settings: DevServerSettings, pullSecrets: readonly string[] = []) {
  const { persistence, ui } = settings;
  const data = persistence
    ? { name: "data", persistentVolumeClaim: { claimName: partName("data") } }
    : { name: "data", emptyDir: { sizeLimit: "4Gi" } };
  const selector = partSelector(devServerComponent);
  const open = { tcpSocket: { port: "rpc" } };
  return {
    metadata: partMeta(place, devServerComponent),
    spec: {
      replicas: 1,
      // Two servers must never write one database.
      strategy: { type: "Recreate" },
      selector: { matchLabels: selector },
      template: {
        metadata: podMeta(place, devServerComponent),
        spec: {
          ...restrictedPod(pullSecrets),
          containers: [
            {
              name: "temporal",
              image: settings.image,
              args: devServerArguments(ui),
              ports: [
                { name: "rpc", containerPort: ports.frontend.rpc },
                ...(ui ? [{ name: "http", containerPort: uiPort }] : []),
                { name: "metrics", containerPort: metricsPort },
              ],
              startupProbe: { ...open, periodSeconds: 2, failureThreshold: 60 },
              readinessProbe: {
                grpc: { port: ports.frontend.rpc, service: "temporal.api.workflowservice.v1.WorkflowService" },
                periodSeconds: 5,
              },
              livenessProbe: { ...open, periodSeconds: 20 },
              resources: resources(settings),
              securityContext: containerSecurityContext,
              volumeMounts: [{ name: "data", mountPath: dataFolder }, temporaryFolder.mount],
            },
          ],
          volumes: [data, temporaryFolder.volume],
        },
      },
    },
  };
}

/** The volume of the dev server's database; undefined where it has none. */
export function devServerVolume(place: Place, { persistence }: DevServerSettings) {
  if (persistence === undefined) return undefined;
  const { size, storageClass } = persistence;
  return {
    // Many classes make a volume only for the first pod that asks for it.
    metadata: unawaitedMeta(place, "data"),
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: formatMemory(size) } },
    },
  };
}

/** The Service through which the dev server is called. */
export function devServerService(place: Place) {
  return {
    metadata: unawaitedMeta(place, devServerComponent),
    spec: {
      selector: partSelector(devServerComponent),
      ports: [{ name: "grpc", port: ports.frontend.rpc, targetPort: "rpc", appProtocol: "grpc" }],
    },
  };
}

/** What the dev server is started with. Bound to one address it would not find itself, so it is bound to all. */
function devServerArguments(ui: boolean): string[] {
  return [
    "server",
    "start-dev",
    ...["--ip", "0.0.0.0", "--port", `${ports.frontend.rpc}`],
    ...(ui ? ["--ui-port", `${uiPort}`] : ["--headless"]),
    ...["--metrics-port", `${metricsPort}`],
    ...["--db-filename", `${dataFolder}/temporal.db`],
    ...["--dynamic-config-value", `${cancelPollsOnShutdown}=true`],
  ];
}
