import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { NativeConnectionOptions } from "@temporalio/worker";

/** The task queue of the workflows in this project. */
export const TASK_QUEUE = "speech-workflows-typescript";

/**
 * Where Temporal is, as the SDK's own settings say (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, …). Without them: namespace
 * `speech` at localhost:7233.
 */
export function temporal(): { connectionOptions: NativeConnectionOptions; namespace: string } {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return {
    connectionOptions: { ...connectionOptions, address: connectionOptions.address ?? "localhost:7233" },
    namespace: namespace ?? "speech",
  };
}
