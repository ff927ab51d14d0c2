/** What every object of the server is named after. */
const prefix = "temporal";

/** The name of a part's objects, such as `temporal-frontend`. */
export function partName(part: string): string {
  return `${prefix}-${part}`;
}

/** The Service that clients and workers dial. */
export const frontendService = partName("frontend");

/** The ports of the server's parts: the numbers that its own configuration template has. */
export const ports = {
  frontend: { rpc: 7233, membership: 6933, http: 7243 },
  "internal-frontend": { rpc: 7236, membership: 6936, http: 7246 },
  history: { rpc: 7234, membership: 6934 },
  matching: { rpc: 7235, membership: 6935 },
  worker: { membership: 6939 },
} as const;

/** The services of a Temporal server. */
export type ServerService = keyof typeof ports;

/** The port on which every server gives its metrics. */
export const metricsPort = 9090;

/** The port of the web UI's Service. */
export const uiPort = 8080;

/** Where pods find the frontend, `host:port`. */
export function frontendAddress(namespace: string): string {
  return `${frontendService}.${namespace}.svc:${ports.frontend.rpc}`;
}
