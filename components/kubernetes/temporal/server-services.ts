import type { ClusterSettings } from "./cluster-settings.ts";
import { partName, ports, type ServerService } from "./names.ts";
import { type Place, partMeta, partSelector, unawaitedMeta } from "./part.ts";
import { servicePorts, sizeOf } from "./server.ts";

/** The Service through which a frontend is called. */
export function frontendService(place: Place, service: "frontend" | "internal-frontend") {
  const { rpc, http } = ports[service];
  return {
    metadata: unawaitedMeta(place, service),
    spec: {
      selector: partSelector(service),
      ports: [
        { name: "grpc", port: rpc, targetPort: "rpc", appProtocol: "grpc" },
        { name: "http", port: http, targetPort: "http", appProtocol: "http" },
      ],
    },
  };
}

/** The Service under which the pods of a service know each other, before they are ready too. */
export function membersService(place: Place, service: ServerService) {
  return {
    metadata: unawaitedMeta(place, service, partName(`${service}-headless`)),
    spec: {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: partSelector(service),
      ports: servicePorts(service).map(({ name, port }) => ({ name, port, targetPort: name })),
    },
  };
}

/** What a node's drain must leave of a service: all but one. Undefined for one that runs alone, which may always go. */
export function disruptionBudget(place: Place, settings: ClusterSettings, service: ServerService) {
  if (sizeOf(settings, service).replicas < 2) return undefined;
  return {
    metadata: partMeta(place, service),
    spec: { maxUnavailable: 1, selector: { matchLabels: partSelector(service) } },
  };
}
