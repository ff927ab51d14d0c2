import { z } from "zod";
import { isCidr, isHostAndPort, isImage } from "../../../registry/locations.ts";
import {
  checkedText,
  cpu,
  duration,
  flag,
  list,
  memory,
  section,
  table,
  text,
  whole,
} from "../../../registry/values.ts";
import { frontendClients, kubernetesName, secretKey, serverNamespace } from "./shared-settings.ts";

const repository = () =>
  checkedText(isImage, 'Write an image without its version, such as "registry.acme.io/temporalio/server".');

const images = section({
  /** The server's image; the version is added unless it carries a tag or a digest. @default "temporalio/server" */
  server: repository().prefault("temporalio/server"),
  /** The image with the schemas and the tool that applies them; the version is added likewise. @default "temporalio/admin-tools" */
  adminTools: repository().prefault("temporalio/admin-tools"),
  /** The web UI's image; `uiVersion` is added likewise. @default "temporalio/ui" */
  ui: repository().prefault("temporalio/ui"),
  /** Version of the web UI, which has versions of its own. @default "2.52.0" */
  uiVersion: text(/^\d+\.\d+\.\d+$/, 'Write a version of the UI, such as "2.52.0".').prefault("2.52.0"),
});

const service = (memoryOfOne: "512Mi" | "1Gi") =>
  section({
    /** How many run, 1 to 100; two or more survive the loss of a node. @default 2 */
    replicas: whole(1, 100).prefault(2),
    /** CPU that each is given. @default "250m" */
    cpu: cpu().prefault("250m"),
    /** Memory of each, which it cannot exceed. @default "512Mi"; "1Gi" for `history` */
    memory: memory().prefault(memoryOfOne),
  });

const services = section({
  /** Takes the calls of clients and workers. */
  frontend: service("512Mi").prefault({}),
  /** Holds the state of workflows. */
  history: service("1Gi").prefault({}),
  /** Holds the task queues. */
  matching: service("512Mi").prefault({}),
  /** Runs the server's own workflows. */
  worker: service("512Mi").prefault({}),
});

const databaseName = () => text(/^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/, 'Write the name of a database, such as "temporal".');

/** What both kinds of PostgreSQL have. */
const databases = {
  /** The user that owns the databases. @default "temporal" */
  user: text(/^[A-Za-z_][A-Za-z0-9_.@-]{0,62}$/, 'Write the name of a user, such as "temporal".').prefault("temporal"),
  /** The database of the workflows. @default "temporal" */
  database: databaseName().prefault("temporal"),
  /** The database of the lists of workflows. @default "temporal_visibility" */
  visibilityDatabase: databaseName().prefault("temporal_visibility"),
};

const databaseTls = section({
  /** The authority that signed the database's certificate. @default the system's */
  ca: secretKey.optional(),
  /** Name of a Secret of type `kubernetes.io/tls`, when the database asks for a client's certificate. @default none */
  clientCertificate: kubernetesName().optional(),
  /** Whether the certificate is checked: its authority, and that it is of `host`. @default true */
  verify: flag().prefault(true),
});

const existingDatabase = section({
  /** Host of a PostgreSQL from version 12 on, as pods reach it. */
  host: text(/^[A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?$/, 'Write a host, such as "temporal.db.acme.io".'),
  /** Its port. @default 5432 */
  port: whole(1, 65_535).prefault(5432),
  ...databases,
  /** The user's password, in a Secret of the server's Kubernetes namespace. It must hold no space, no `"` and no `\`. */
  password: secretKey,
  /** Whether the two databases are created; the user needs the right to. @default true */
  createDatabases: flag().prefault(true),
  /** TLS to the database. @default none */
  tls: databaseTls.optional(),
  /** Ranges of addresses of the database, to which pods may connect. @default any address, on `port` */
  cidrs: list(
    checkedText(isCidr, 'Write a range of addresses, such as "10.20.0.0/16".'),
    'Write a list of ranges of addresses, such as ["10.20.0.0/16"].',
  ).prefault([]),
});

const generatedPassword = { name: "temporal-postgres", key: "password" };

const ownDatabase = section({
  /** Size of its volume, such as "10Gi"; it makes one PostgreSQL, for small stacks. */
  size: memory(),
  /** Class of its volume. @default the cluster's default */
  storageClass: kubernetesName().optional(),
  /** Its image. @default "postgres:17.6" */
  image: checkedText(isImage, 'Write an image, such as "postgres:17.6".').prefault("postgres:17.6"),
  /** CPU that it is given. @default "250m" */
  cpu: cpu().prefault("250m"),
  /** Memory, which it cannot exceed. @default "1Gi" */
  memory: memory().prefault("1Gi"),
  ...databases,
  /** The user's password, in a Secret of the server's Kubernetes namespace. @default one that is made up, in `temporal-postgres` */
  password: secretKey.optional(),
  /** Whether the volume goes with the stack, with all histories. @default false */
  deleteWithStack: flag().prefault(false),
});

const postgres = z.union(
  [
    existingDatabase.transform((given) => ({ kind: "existing" as const, ...given })),
    ownDatabase.transform(({ password = generatedPassword, ...given }) => ({
      kind: "own" as const,
      ...given,
      password,
      /** Whether the password is made up. */
      generated: password === generatedPassword,
    })),
  ],
  {
    error: "Give either `host` and `password` of a PostgreSQL that is there, or `size` of one to make.",
  },
);

const plainValue = z.union([z.boolean(), z.number(), z.string()]);
const dynamicConfig = table(
  text(/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+$/, 'Name settings as the server does, such as "limit.blobSize.error".'),
  z.union(
    [
      plainValue,
      list(
        section({
          /** The value. */
          value: plainValue,
          /** What it holds for, such as `{ namespace: "speech" }`. @default everything */
          constraints: table(z.string(), z.union([z.string(), z.number()]), "Write an object of constraints.").prefault(
            {},
          ),
        }),
        "Write a list of `{ value, constraints }`.",
      ),
    ],
    { error: "Write `true`, `false`, a number, a text, or a list of `{ value, constraints }`." },
  ),
  'Write an object of dynamic settings, such as `{ "limit.blobSize.error": 4194304 }`.',
);

/** A Temporal cluster of our own components, on PostgreSQL. */
export const clusterSettings = section({
  mode: z.literal("cluster"),
  /** The Kubernetes namespace of the server. */
  namespace: serverNamespace.prefault({}),
  /** Version of the server, from "1.30.0" on. @default "1.31.2" */
  version: text(
    /^1\.(3\d|[4-9]\d|\d{3})\.\d{1,3}$/,
    'Write a version of the server from 1.30.0 on, such as "1.31.2".',
  ).prefault("1.31.2"),
  /** Where the images come from. */
  images: images.prefault({}),
  /** The four services of the server. */
  services: services.prefault({}),
  /** Whether the server's own workflows have a frontend of their own, as authorization needs. @default false */
  internalFrontend: flag().prefault(false),
  /** Into how many shards histories are spread, 1 to 131072. It can never be changed: 512 suits most, 4 a small stack. */
  numHistoryShards: whole(1, 131_072),
  /** PostgreSQL: one that is there, by `host`, or one to make, by `size`. */
  postgres,
  /** How long the database's schema may take to be brought up to date, at least 1m. @default "30m" */
  schemaTimeout: duration("1m").prefault("30m"),
  /** Whether the web UI runs. @default true */
  ui: flag().prefault(true),
  /** More of the server's dynamic settings. @default {} */
  dynamicConfig: dynamicConfig.prefault({}),
  /** Who may reach the frontend, besides the algorithms: workflow workers, for example. @default [] */
  clients: frontendClients("frontend").prefault([]),
  /** Who may reach the web UI, such as an ingress controller. @default [] */
  uiClients: frontendClients("web UI").prefault([]),
  /** `host:port` of the frontend for where `up` runs. @default through the Kubernetes API */
  publicAddress: checkedText(isHostAndPort, 'Write `host:port`, such as "temporal.acme.io:7233".').optional(),
});

/** The settings of a Temporal cluster, every default filled in. Durations are milliseconds, memory bytes, CPU millicores. */
export type ClusterSettings = z.output<typeof clusterSettings>;

/** The settings of the cluster's PostgreSQL. */
export type PostgresSettings = ClusterSettings["postgres"];
