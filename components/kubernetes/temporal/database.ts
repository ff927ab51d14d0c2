import type { PostgresSettings } from "./cluster-settings.ts";
import { partName } from "./names.ts";

const caFolder = "/etc/temporal/postgres-ca";
const certificateFolder = "/etc/temporal/postgres-certificate";

/** A variable of a container. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

/** How the server and the schema's tool reach PostgreSQL: plain values; the password and the keys by reference. */
export interface Database {
  readonly host: string;
  readonly port: number;
  readonly tls: DatabaseTls | undefined;
  readonly settings: PostgresSettings;
}

type DatabaseTls = NonNullable<Extract<PostgresSettings, { kind: "existing" }>["tls"]>;

/** The database of a cluster: the one that is there, or the one that is made in the server's own namespace. */
export function databaseOf(settings: PostgresSettings): Database {
  if (settings.kind === "own") return { host: partName("postgres"), port: 5432, tls: undefined, settings };
  return { host: settings.host, port: settings.port, tls: settings.tls, settings };
}

/** The variables from which the server's embedded template configures its stores. */
export function serverDatabaseVariables({ host, port, tls, settings }: Database): Variable[] {
  return [
    { name: "DB", value: "postgres12" },
    { name: "POSTGRES_SEEDS", value: host },
    { name: "DB_PORT", value: `${port}` },
    { name: "POSTGRES_USER", value: settings.user },
    { name: "POSTGRES_PWD", valueFrom: { secretKeyRef: settings.password } },
    { name: "DBNAME", value: settings.database },
    { name: "VISIBILITY_DBNAME", value: settings.visibilityDatabase },
    ...(tls === undefined
      ? []
      : [
          { name: "SQL_TLS_ENABLED", value: "true" },
          { name: "SQL_HOST_VERIFICATION", value: `${tls.verify}` },
          ...tlsFiles(tls, { ca: "SQL_CA", certificate: "SQL_CERT", key: "SQL_CERT_KEY" }),
        ]),
  ];
}

/** The variables from which `temporal-sql-tool` reaches one of the two databases. */
export function toolDatabaseVariables({ host, port, tls, settings }: Database, database: string): Variable[] {
  return [
    { name: "SQL_PLUGIN", value: "postgres12" },
    { name: "SQL_HOST", value: host },
    { name: "SQL_PORT", value: `${port}` },
    { name: "SQL_USER", value: settings.user },
    { name: "SQL_PASSWORD", valueFrom: { secretKeyRef: settings.password } },
    { name: "SQL_DATABASE", value: database },
    ...(tls === undefined
      ? []
      : [
          { name: "SQL_TLS", value: "true" },
          { name: "SQL_TLS_DISABLE_HOST_VERIFICATION", value: `${!tls.verify}` },
          ...tlsFiles(tls, {
            ca: "SQL_TLS_CA_FILE",
            certificate: "SQL_TLS_CERT_FILE",
            key: "SQL_TLS_KEY_FILE",
          }),
        ]),
  ];
}

/** The volumes of the files that TLS to the database needs, and where containers see them. */
export function databaseVolumes({ tls }: Database) {
  const ca = tls?.ca && {
    volume: { name: "postgres-ca", secret: { secretName: tls.ca.name, items: [{ key: tls.ca.key, path: "ca.crt" }] } },
    mount: { name: "postgres-ca", mountPath: caFolder, readOnly: true },
  };
  const certificate = tls?.clientCertificate && {
    // The driver refuses a key that others may read.
    volume: { name: "postgres-certificate", secret: { secretName: tls.clientCertificate, defaultMode: 0o440 } },
    mount: { name: "postgres-certificate", mountPath: certificateFolder, readOnly: true },
  };
  const both = [ca, certificate].filter((part) => part !== undefined && part !== "");
  return { volumes: both.map(({ volume }) => volume), mounts: both.map(({ mount }) => mount) };
}

type TlsNames = Readonly<Record<"ca" | "certificate" | "key", string>>;

function tlsFiles({ ca, clientCertificate }: DatabaseTls, names: TlsNames): Variable[] {
  return [
    ...(ca ? [{ name: names.ca, value: `${caFolder}/ca.crt` }] : []),
    ...(clientCertificate
      ? [
          { name: names.certificate, value: `${certificateFolder}/tls.crt` },
          { name: names.key, value: `${certificateFolder}/tls.key` },
        ]
      : []),
  ];
}
