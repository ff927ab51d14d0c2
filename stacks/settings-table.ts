import { fileURLToPath } from "node:url";
import { type FieldRow, fieldsTable, TypeReader } from "../registry/type-reader.ts";

// For the repository's own documentation and its test.

/** A table of settings, as the README has it. */
export interface SettingsTable {
  readonly heading: string;
  readonly rows: readonly FieldRow[];
}

/** Sections whose fields are alike or rarely written. */
const folded = new Set([
  "kubernetes.quota",
  "kubernetes.limitRange",
  "temporal.tls",
  "temporal.tls.ca",
  "temporal.apiKey",
  "temporal.namespaces",
  "temporal.persistence",
  "temporal.postgres.password",
  "temporal.postgres.tls.ca",
  "temporal.services.history",
  "temporal.services.matching",
  "temporal.services.worker",
  "images.secrets",
]);

/** Every setting of a stack, read from the types and comments that editors show. */
export function settingsTables(): SettingsTable[] {
  const reader = new TypeReader(fileURLToPath(new URL("settings-input.ts", import.meta.url)));
  const cluster = reader.typeNamed("KubernetesSettingsInput");
  const temporal = reader.membersBy(reader.typeOf(cluster, "temporal"), "mode");
  return [
    { heading: "On the platform `local`:", rows: reader.fields(reader.typeNamed("LocalSettingsInput")) },
    {
      heading: "On the platform `kubernetes`:",
      rows: reader.fields(cluster, { folded, closed: new Set(["temporal"]) }),
    },
    ...[...temporal].map(([mode, member]) => ({
      heading: `In \`conduit:temporal\` with \`mode: ${mode}\`:`,
      rows: reader.fields(member, { folded, prefix: "temporal." }).filter(({ field }) => field !== "temporal.mode"),
    })),
  ];
}

/** The tables of the README, between its markers `<!-- settings -->` and `<!-- /settings -->`. */
export function settingsDocumentation(tables: readonly SettingsTable[] = settingsTables()): string {
  return tables.map(({ heading, rows }) => [heading, "", fieldsTable(rows)].join("\n")).join("\n\n");
}
