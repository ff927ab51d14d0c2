import type { TemporalTarget } from "../../../components/temporal-access.ts";
import type { Reached } from "./reach.ts";

/**
 * What Temporal's SDKs and its command line read from the environment to get to a namespace by a way that is open. An API
 * key is not among it: no secret value is printed.
 */
export function temporalVariables(
  { temporalName }: TemporalTarget,
  { dial, tls, credentials }: Reached,
): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: dial,
    ...(temporalName !== undefined && { TEMPORAL_NAMESPACE: temporalName }),
    ...(tls && { TEMPORAL_TLS: "true" }),
    ...(tls?.isOverridden && { TEMPORAL_TLS_SERVER_NAME: tls.serverName }),
    ...credentials.files,
  };
}
