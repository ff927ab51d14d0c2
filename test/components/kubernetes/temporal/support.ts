import type { ClusterSettings } from "../../../../components/kubernetes/temporal/cluster-settings.ts";
import { type DevServerSettings, temporalSettingsSchema } from "../../../../components/kubernetes/temporal/settings.ts";

/** Where the server of the tests is. */
export const place = { stack: "conduit/prod", namespace: "temporal" };

const password = { name: "temporal-postgres", key: "password" };

/** A PostgreSQL that is there. */
export const existingPostgres = { host: "db.acme.io", password };

/** A PostgreSQL to make. */
export const ownPostgres = { size: "10Gi" };

/** The settings of a cluster, of which `written` says what differs from the defaults. */
export function clusterSettings(written: Record<string, unknown> = {}): ClusterSettings {
  const settings = temporalSettingsSchema.parse({
    mode: "cluster",
    numHistoryShards: 512,
    postgres: existingPostgres,
    ...written,
  });
  if (settings.mode !== "cluster") throw new Error("These are the settings of a cluster.");
  return settings;
}

/** The settings of a dev server, of which `written` says what differs from the defaults. */
export function devServerSettings(written: Record<string, unknown> = {}): DevServerSettings {
  const settings = temporalSettingsSchema.parse({ mode: "dev-server", ...written });
  if (settings.mode !== "dev-server") throw new Error("These are the settings of a dev server.");
  return settings;
}
