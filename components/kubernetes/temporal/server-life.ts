import type { ServerService } from "./names.ts";
import { ports } from "./names.ts";

/** How long a server may take to start: to join the others and to load its shards. */
const startAttempts = { periodSeconds: 5, failureThreshold: 60 };

/**
 * When a server counts as started, ready and alive. A frontend is asked itself whether it serves; the `worker` service has
 * no port of its own, so that its metrics stand for it.
 */
export function serverProbes(service: ServerService) {
  const open = { tcpSocket: { port: service === "worker" ? "metrics" : "rpc" } };
  return {
    startupProbe: { ...open, ...startAttempts },
    readinessProbe: { ...readiness(service, open), periodSeconds: 5, failureThreshold: 3 },
    livenessProbe: { ...open, periodSeconds: 20, failureThreshold: 3 },
  };
}

/** How a server ends: endpoints learn of it before it stops to answer, and it has time to hand over what it holds. */
export const serverShutdown = {
  pod: { terminationGracePeriodSeconds: 75 },
  container: (service: ServerService) => (isFrontend(service) ? { lifecycle: { preStop: { exec: wait } } } : {}),
};

const wait = { command: ["sleep", "5"] };

function readiness(service: ServerService, open: object) {
  if (!isFrontend(service)) return open;
  return { grpc: { port: ports[service].rpc, service: "temporal.api.workflowservice.v1.WorkflowService" } };
}

function isFrontend(service: ServerService): service is "frontend" | "internal-frontend" {
  return service === "frontend" || service === "internal-frontend";
}
