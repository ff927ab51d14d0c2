import type { TemporalEndpoint } from "../temporal-endpoint.ts";
import type { ExternalSettings } from "./settings.ts";

/** How the pods of one namespace of the registry reach a Temporal that others run. */
export function externalEndpoint(settings: ExternalSettings, namespace: string): TemporalEndpoint {
  const own = Object.hasOwn(settings.namespaces, namespace) ? settings.namespaces[namespace] : undefined;
  return {
    address: own?.address ?? settings.address,
    tls: own?.tls ?? settings.tls,
    apiKey: own?.apiKey ?? settings.apiKey,
  };
}
