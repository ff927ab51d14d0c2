import { formatMemory } from "../../../registry/units.ts";
import { containerSecurityContext } from "../pod-security.ts";
import type { PostgresSettings } from "./cluster-settings.ts";
import { partName } from "./names.ts";
import { type Place, partMeta, partSelector, podMeta, unawaitedMeta } from "./part.ts";
import { resources } from "./quantities.ts";
import { restrictedPod, temporaryFolder } from "./restricted.ts";

/** The part that a PostgreSQL of our own plays. */
export const postgresComponent = "postgres";

/** The settings of a PostgreSQL that is made here. */
export type OwnPostgres = Extract<PostgresSettings, { kind: "own" }>;

/** The user of PostgreSQL in its official image. */
const postgresUser = 999;

const data = "/var/lib/postgresql/data";

/** The StatefulSet of one PostgreSQL, for small stacks. */
export function postgresStatefulSet(place: Place, settings: OwnPostgres, pullSecrets: readonly string[] = []) {
  const retention = settings.deleteWithStack ? "Delete" : "Retain";
  return {
    metadata: partMeta(place, postgresComponent),
    spec: {
      replicas: 1,
      serviceName: partName(postgresComponent),
      selector: { matchLabels: partSelector(postgresComponent) },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: retention, whenScaled: "Retain" },
      template: {
        metadata: podMeta(place, postgresComponent),
        spec: {
          ...restrictedPod(pullSecrets, postgresUser),
          // The image asks for SIGINT, at which PostgreSQL ends all sessions and writes what it holds.
          terminationGracePeriodSeconds: 120,
          containers: [postgresContainer(settings)],
          volumes: [temporaryFolder.volume, { name: "run", emptyDir: { sizeLimit: "16Mi" } }],
        },
      },
      volumeClaimTemplates: [volumeClaim(settings)],
    },
  };
}

/** The Service of the PostgreSQL. */
export function postgresService(place: Place) {
  return {
    metadata: unawaitedMeta(place, postgresComponent),
    spec: {
      clusterIP: "None",
      selector: partSelector(postgresComponent),
      ports: [{ name: "postgres", port: 5432, targetPort: "postgres" }],
    },
  };
}

/** The Secret of a password that is made up; undefined for one that is there. */
export function postgresPassword(place: Place, { generated, password }: OwnPostgres) {
  if (!generated) return undefined;
  return { metadata: partMeta(place, postgresComponent, password.name), key: password.key };
}

function postgresContainer(settings: OwnPostgres) {
  const ready = { exec: { command: ["pg_isready", "--host=127.0.0.1", `--username=${settings.user}`] } };
  return {
    name: "postgres",
    image: settings.image,
    env: [
      { name: "POSTGRES_USER", value: settings.user },
      { name: "POSTGRES_PASSWORD", valueFrom: { secretKeyRef: settings.password } },
      // A folder below the volume's root, which may hold a `lost+found`.
      { name: "PGDATA", value: `${data}/pgdata` },
    ],
    ports: [{ name: "postgres", containerPort: 5432 }],
    startupProbe: { ...ready, periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { ...ready, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { ...ready, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
    resources: resources(settings),
    securityContext: containerSecurityContext,
    volumeMounts: [
      { name: "data", mountPath: data },
      { name: "run", mountPath: "/var/run/postgresql" },
      temporaryFolder.mount,
    ],
  };
}

function volumeClaim({ size, storageClass }: OwnPostgres) {
  return {
    metadata: { name: "data" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: formatMemory(size) } },
    },
  };
}
