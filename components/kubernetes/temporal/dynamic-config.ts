import type { ClusterSettings } from "./cluster-settings.ts";
import { contentName } from "./content-name.ts";
import { partName } from "./names.ts";
import { partMeta } from "./part.ts";

/** Where servers find the file. */
export const dynamicConfigFolder = "/etc/temporal/dynamic-config";

/** The file's name. */
export const dynamicConfigFile = "dynamic-config.yaml";

/**
 * Without it a task can be handed to a worker's poll that is just closing, and waits there for its time-out; servers
 * before 1.31 do not know it, and only warn.
 */
export const cancelPollsOnShutdown = "frontend.enableCancelWorkerPollsOnShutdown";

/** The server's dynamic settings, as the file has them. JSON is YAML too. */
export function dynamicConfigText(settings: ClusterSettings["dynamicConfig"]): string {
  const all = { [cancelPollsOnShutdown]: true, ...settings };
  const entries = Object.entries(all).map(([name, value]) => [name, Array.isArray(value) ? value : [{ value }]]);
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}

/** The ConfigMap of the dynamic settings. Its name changes with its contents, which rolls the pods that mount it. */
export function dynamicConfigMap(stack: string, { namespace, dynamicConfig }: ClusterSettings) {
  const data = { [dynamicConfigFile]: dynamicConfigText(dynamicConfig) };
  const name = contentName(partName("dynamic-config"), data);
  return {
    metadata: partMeta({ stack, namespace: namespace.name }, "dynamic-config", name),
    immutable: true,
    data,
  };
}
