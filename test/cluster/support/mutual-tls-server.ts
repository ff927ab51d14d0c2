import { readFile } from "node:fs/promises";
import path from "node:path";
import type { V1Deployment, V1Service } from "@kubernetes/client-node";
import { type Certificate, makeCertificate } from "../../support/certificate.ts";
import type { Cluster } from "../cluster.ts";
import { importImages } from "../node/images.ts";
import { temporalServerImage, temporalVersions } from "../node/temporal-programs.ts";
import { type Manifest, Objects } from "./objects.ts";

/** Temporal's own server on a cluster's real node, which lets in nobody without a certificate. */
export interface MutualTlsServer {
  /** `host:port`, for pods and for this machine. */
  readonly address: string;
  /** PEM file of the authority that signed its certificate. */
  readonly authority: string;
}

const namespace = "elsewhere";
const name = "temporal";
const port = 7233;
const files = "/etc/temporal/given";

/**
 * Starts it in a namespace of its own, with its histories in memory, and waits until it listens.
 *
 * @param folder For its keys.
 * @param client Its authority's clients are let in; the server's own workflows have the certificate itself.
 */
export async function startMutualTlsServer(
  cluster: Cluster,
  folder: string,
  client: Certificate,
): Promise<MutualTlsServer> {
  await importImages(cluster.folder, await temporalServerImage((line) => console.log(line)));
  const objects = new Objects(cluster.kubeconfig);
  await objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  const service = await objects.create<V1Service>(nodePort());
  const { hostname } = new URL(cluster.address);
  const own = await makeCertificate(path.join(folder, "server"), hostname);
  const texts = {
    "server.pem": await readFile(own.certificate, "utf8"),
    "server.key": await readFile(own.key, "utf8"),
    "servers.pem": await readFile(own.authority, "utf8"),
    "client.pem": await readFile(client.certificate, "utf8"),
    "client.key": await readFile(client.key, "utf8"),
    "clients.pem": await readFile(client.authority, "utf8"),
    // JSON is YAML too.
    "config.yaml": JSON.stringify(configuration(hostname)),
  };
  await objects.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData: texts });
  await objects.create(deployment());
  await objects.wait<V1Deployment>(deployment(), (found) => found?.status?.readyReplicas === 1);
  return { address: `${hostname}:${service.spec?.ports?.[0]?.nodePort}`, authority: own.authority };
}

function nodePort(): Manifest {
  const spec = { type: "NodePort", selector: { app: name }, ports: [{ port }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec };
}

function deployment(): Manifest {
  const container = {
    name,
    image: `docker.io/temporalio/server:${temporalVersions.server}`,
    command: ["temporal-server", "--config-file", `${files}/config.yaml`, "--allow-no-auth", "start"],
    resources: { requests: { cpu: "10m" } },
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    volumeMounts: [{ name: "given", mountPath: files }],
  };
  const labels = { app: name };
  const podSpec = { containers: [container], volumes: [{ name: "given", secret: { secretName: name } }] };
  const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace }, spec };
}

/** What Temporal's server reads: all its services in one process, each store in memory. */
function configuration(hostname: string): object {
  const file = (given: string) => `${files}/${given}`;
  const attributes = { mode: "memory", cache: "private", setup: "true" };
  const connection = { databaseName: "default", connectAddr: "localhost", connectProtocol: "tcp", maxConns: 1 };
  const store = { sql: { pluginName: "sqlite", ...connection, connectAttributes: attributes } };
  const rpc = (grpcPort: number) => ({ rpc: { grpcPort, membershipPort: grpcPort - 300, bindOnIP: "0.0.0.0" } });
  const itself = `127.0.0.1:${port}`;
  const trusting = { rootCaFiles: [file("servers.pem")], serverName: hostname };
  return {
    log: { stdout: true, level: "warn" },
    persistence: {
      defaultStore: "histories",
      visibilityStore: "lists",
      numHistoryShards: 1,
      datastores: { histories: store, lists: store },
    },
    global: {
      membership: { broadcastAddress: "127.0.0.1" },
      tls: {
        frontend: {
          server: {
            certFile: file("server.pem"),
            keyFile: file("server.key"),
            requireClientAuth: true,
            clientCaFiles: [file("clients.pem")],
          },
          client: trusting,
        },
        systemWorker: { certFile: file("client.pem"), keyFile: file("client.key"), client: trusting },
      },
    },
    services: { frontend: rpc(port), history: rpc(7234), matching: rpc(7235), worker: rpc(7239) },
    clusterMetadata: {
      failoverVersionIncrement: 10,
      masterClusterName: "active",
      currentClusterName: "active",
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: "frontend", rpcAddress: itself },
      },
    },
    publicClient: { hostPort: itself },
  };
}
