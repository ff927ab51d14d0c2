import { z } from "zod";
import { isCidr, isHostAndPort, isImage } from "../../../registry/locations.ts";
import { checkedText, cpu, flag, list, memory, section, table, text } from "../../../registry/values.ts";
import { clusterSettings } from "./cluster-settings.ts";
import { frontendClients, kubernetesName, secretKey, serverNamespace } from "./shared-settings.ts";

const persistence = section({
  /** Size of the volume, such as "5Gi". */
  size: memory(),
  /** Class of the volume. @default the cluster's default */
  storageClass: kubernetesName().optional(),
  /** Whether the volume goes with the stack, with all histories. @default false */
  deleteWithStack: flag().prefault(false),
});

const devServerSettings = section({
  mode: z.literal("dev-server"),
  /** The Kubernetes namespace of the server. */
  namespace: serverNamespace.prefault({}),
  /** Image of Temporal's command line, whose dev server it is. @default "temporalio/temporal:1.9.1" */
  image: checkedText(isImage, 'Write an image, such as "temporalio/temporal:1.9.1".').prefault(
    "temporalio/temporal:1.9.1",
  ),
  /** CPU that it is given. @default "250m" */
  cpu: cpu().prefault("250m"),
  /** Memory, which it cannot exceed. @default "1Gi" */
  memory: memory().prefault("1Gi"),
  /** Whether the web UI runs. @default true */
  ui: flag().prefault(true),
  /** A volume for its database. @default none: histories are lost when the pod goes */
  persistence: persistence.optional(),
  /** Who may reach the server, besides the algorithms: workflow workers, for example. @default [] */
  clients: frontendClients("frontend").prefault([]),
  /** Who may reach the web UI, such as an ingress controller. @default [] */
  uiClients: frontendClients("web UI").prefault([]),
  /** `host:port` of the server for where `up` runs. @default through the Kubernetes API */
  publicAddress: checkedText(isHostAndPort, 'Write `host:port`, such as "temporal.acme.io:7233".').optional(),
});

const address = () => checkedText(isHostAndPort, 'Write `host:port`, such as "speech.a1b2c.tmprl.cloud:7233".');

const tls = section({
  /** The name that the server's certificate is checked against. @default the address's host */
  serverName: text(/^[A-Za-z0-9]([-A-Za-z0-9.]{0,251}[A-Za-z0-9])?$/, "Write the name of a host.").optional(),
  /** The authority that signed the server's certificate. @default the system's */
  ca: secretKey.optional(),
  /** Name of a Secret of type `kubernetes.io/tls` with the client's certificate and key. @default none */
  clientCertificate: kubernetesName().optional(),
});

/** How an endpoint is reached; Secrets are in the Kubernetes namespace of the pods that need them. */
const connection = {
  /** TLS to the frontend. @default none; the system's authorities with an `apiKey` */
  tls: tls.optional(),
  /** The API key that authorizes callers. @default none */
  apiKey: secretKey.optional(),
};

const externalSettings = section({
  mode: z.literal("external"),
  /** The server's address, `host:port`. */
  address: address(),
  /** Ranges of addresses of the server, and of those of `namespaces`, to which workers may connect. @default any address, on the server's port */
  cidrs: list(
    checkedText(isCidr, 'Write a range of addresses, such as "10.20.0.0/16".'),
    'Write a list of ranges of addresses, such as ["10.20.0.0/16"].',
  ).optional(),
  ...connection,
  /** What differs for single namespaces of the registry, by their keys. What one leaves out is as above. @default {} */
  namespaces: table(
    z.string(),
    section({
      /** The namespace's own address, `host:port`. @default `address` */
      address: address().optional(),
      ...connection,
    }),
    "Write an object of namespaces of the registry and how they are reached.",
  ).prefault({}),
});

/** The section `temporal` of a stack's settings: which Temporal serves. */
export const temporalSettingsSchema = z.discriminatedUnion(
  "mode",
  [devServerSettings, clusterSettings, externalSettings],
  { error: 'Give `mode`: "dev-server", "cluster" or "external".' },
);

/** Which Temporal serves, every default filled in. Durations are milliseconds, memory bytes, CPU millicores. */
export type TemporalSettings = z.output<typeof temporalSettingsSchema>;

/** The settings of a dev server in one pod. */
export type DevServerSettings = z.output<typeof devServerSettings>;

/** The settings of a Temporal that others run. */
export type ExternalSettings = z.output<typeof externalSettings>;
