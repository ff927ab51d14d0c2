import { existsSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { homedir } from "node:os";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Configuration } from "./configuration.ts";

/** An API server, and how to speak to it. */
export interface Connection {
  /** @example "https://10.0.0.1:6443" */
  readonly server: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** Headers of every request, the credential among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Keeps connections open: a handshake costs more than a request. */
  readonly agent: http.Agent;
}

// The engine runs a few steps at once, and each is one request at a time.
const connections = 32;

/**
 * Opens the connection that a provider's configuration names.
 *
 * @throws when the kubeconfig cannot be read, or its context or cluster is not there.
 */
export async function connect(configuration: Configuration): Promise<Connection> {
  const config = loadKubeconfig(configuration);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error(`The kubeconfig has no cluster for its context \`${config.getCurrentContext()}\`.`);
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const credential = options.auth ? `Basic ${Buffer.from(options.auth).toString("base64")}` : undefined;
  return {
    server: cluster.server.replace(/\/$/, ""),
    namespace: configuration.namespace ?? config.getContextObject(config.getCurrentContext())?.namespace ?? "default",
    headers: { ...textHeaders(options.headers), ...(credential === undefined ? {} : { Authorization: credential }) },
    agent: keptAlive(cluster.server, options),
  };
}

/** The kubeconfig that a configuration names, with its context and cluster chosen. */
export function loadKubeconfig({ kubeconfig, context, cluster }: Configuration): KubeConfig {
  const config = new KubeConfig();
  const file = kubeconfig?.replace(/^~(?=\/|$)/, homedir());
  if (file === undefined) config.loadFromDefault();
  else if (existsSync(file)) config.loadFromFile(path.resolve(file));
  else config.loadFromString(file);
  if (context !== undefined) config.setCurrentContext(context);
  if (cluster === undefined) return config;
  const name = config.getCurrentContext();
  const contexts = config.getContexts().map((one) => (one.name === name ? { ...one, cluster } : one));
  config.loadFromOptions({ clusters: config.getClusters(), users: config.getUsers(), contexts, currentContext: name });
  return config;
}

function keptAlive(
  server: string,
  { ca, cert, key, servername, rejectUnauthorized }: https.RequestOptions,
): http.Agent {
  const options = { keepAlive: true, maxSockets: connections };
  if (server.startsWith("http:")) return new http.Agent(options);
  const tls = Object.entries({ ca, cert, key, servername, rejectUnauthorized });
  return new https.Agent({ ...options, ...Object.fromEntries(tls.filter(([, value]) => value !== undefined)) });
}

function textHeaders(headers: https.RequestOptions["headers"]): Record<string, string> {
  const entries = Object.entries(headers ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
