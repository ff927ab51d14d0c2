import { containerSecurityContext } from "../pod-security.ts";
import type { ClusterSettings } from "./cluster-settings.ts";
import { contentName } from "./content-name.ts";
import { type Database, databaseOf, databaseVolumes, toolDatabaseVariables } from "./database.ts";
import { partName } from "./names.ts";
import { partMeta, podMeta } from "./part.ts";
import { imageOf } from "./quantities.ts";
import { restrictedPod, temporaryFolder } from "./restricted.ts";

/** The part that the schema's pods play, for the network policies. */
export const schemaComponent = "schema";

/**
 * The Job that brings both databases' schemas to the server's version: it creates what is missing and changes nothing
 * that is up to date. Its name holds the version and what it runs, so a new version is a new Job, and an unchanged one
 * never runs again.
 */
export function schemaJob(stack: string, settings: ClusterSettings, pullSecrets: readonly string[] = []) {
  const { namespace, version, images, postgres, schemaTimeout } = settings;
  const place = { stack, namespace: namespace.name };
  const database = databaseOf(postgres);
  const image = imageOf(images.adminTools, version);
  const { volumes, mounts } = databaseVolumes(database);
  const container = (store: "temporal" | "visibility", name: string) => ({
    name: store,
    image,
    command: ["sh", "-c", schemaScript(store, database)],
    env: toolDatabaseVariables(database, name),
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    securityContext: containerSecurityContext,
    volumeMounts: [...mounts, temporaryFolder.mount],
  });
  const spec = {
    backoffLimit: 6,
    activeDeadlineSeconds: Math.round(schemaTimeout / 1000),
    template: {
      spec: {
        ...restrictedPod(pullSecrets),
        // A failed pod stays, so that its log can be read.
        restartPolicy: "Never",
        initContainers: [container("temporal", postgres.database)],
        containers: [container("visibility", postgres.visibilityDatabase)],
        volumes: [...volumes, temporaryFolder.volume],
      },
    },
  };
  const name = contentName(`${partName(schemaComponent)}-${version.replaceAll(".", "-")}`, spec);
  const metadata = partMeta(place, schemaComponent, name);
  return {
    // One that failed is run again by the next update.
    metadata: { ...metadata, annotations: { ...metadata.annotations, "pulumi.com/replaceUnready": "true" } },
    spec: { ...spec, template: { metadata: podMeta(place, schemaComponent), ...spec.template } },
  };
}

function schemaScript(store: "temporal" | "visibility", { settings }: Database): string {
  const create = settings.kind === "own" || settings.createDatabases;
  return [
    ...(create ? ["temporal-sql-tool create-database"] : []),
    "temporal-sql-tool setup-schema -v 0.0",
    `temporal-sql-tool update-schema --schema-dir /etc/temporal/schema/postgresql/v12/${store}/versioned`,
  ].join(" && ");
}
