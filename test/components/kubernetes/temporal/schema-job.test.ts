import { expect, test } from "vitest";
import { schemaJob } from "../../../../components/kubernetes/temporal/schema-job.ts";
import { manifestText } from "../../../support/manifest-text.ts";
import { clusterSettings, existingPostgres, ownPostgres, place } from "./support.ts";

const nameOf = (written: Record<string, unknown> = {}) =>
  schemaJob(place.stack, clusterSettings(written)).metadata.name;

test("the schema's Job brings one database after the other to the server's version", () => {
  expect(manifestText(schemaJob(place.stack, clusterSettings()))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-schema-1-31-2-7c744d65
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-schema-1-31-2-7c744d65
        app.kubernetes.io/component: schema
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
        pulumi.com/replaceUnready: "true"
    spec:
      backoffLimit: 6
      activeDeadlineSeconds: 1800
      template:
        metadata:
          labels:
            app.kubernetes.io/managed-by: algorithm-conduit
            app.kubernetes.io/name: temporal-schema
            app.kubernetes.io/component: schema
            app.kubernetes.io/part-of: temporal
        spec:
          automountServiceAccountToken: false
          enableServiceLinks: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 1000
            runAsGroup: 1000
            fsGroup: 1000
            fsGroupChangePolicy: OnRootMismatch
            seccompProfile:
              type: RuntimeDefault
          restartPolicy: Never
          initContainers:
            - name: temporal
              image: temporalio/admin-tools:1.31.2
              command:
                - sh
                - -c
                - temporal-sql-tool create-database && temporal-sql-tool setup-schema -v 0.0 && temporal-sql-tool update-schema --schema-dir /etc/temporal/schema/postgresql/v12/temporal/versioned
              env:
                - name: SQL_PLUGIN
                  value: postgres12
                - name: SQL_HOST
                  value: db.acme.io
                - name: SQL_PORT
                  value: "5432"
                - name: SQL_USER
                  value: temporal
                - name: SQL_PASSWORD
                  valueFrom:
                    secretKeyRef:
                      name: temporal-postgres
                      key: password
                - name: SQL_DATABASE
                  value: temporal
              resources:
                requests:
                  cpu: 50m
                  memory: 64Mi
                limits:
                  memory: 256Mi
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop:
                    - ALL
              volumeMounts:
                - name: tmp
                  mountPath: /tmp
          containers:
            - name: visibility
              image: temporalio/admin-tools:1.31.2
              command:
                - sh
                - -c
                - temporal-sql-tool create-database && temporal-sql-tool setup-schema -v 0.0 && temporal-sql-tool update-schema --schema-dir /etc/temporal/schema/postgresql/v12/visibility/versioned
              env:
                - name: SQL_PLUGIN
                  value: postgres12
                - name: SQL_HOST
                  value: db.acme.io
                - name: SQL_PORT
                  value: "5432"
                - name: SQL_USER
                  value: temporal
                - name: SQL_PASSWORD
                  valueFrom:
                    secretKeyRef:
                      name: temporal-postgres
                      key: password
                - name: SQL_DATABASE
                  value: temporal_visibility
              resources:
                requests:
                  cpu: 50m
                  memory: 64Mi
                limits:
                  memory: 256Mi
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop:
                    - ALL
              volumeMounts:
                - name: tmp
                  mountPath: /tmp
          volumes:
            - name: tmp
              emptyDir:
                sizeLimit: 256Mi
    "
  `);
});

test("a new version, and whatever else changes what runs, is a new Job", () => {
  const names = [
    nameOf(),
    nameOf({ version: "1.31.3" }),
    nameOf({ postgres: { ...existingPostgres, host: "other.acme.io" } }),
    nameOf({ images: { adminTools: "registry.acme.io/admin-tools" } }),
  ];
  expect(names[0]).toMatch(/^temporal-schema-1-31-2-[0-9a-f]{8}$/);
  expect(new Set(names).size).toBe(names.length);
});

test("what only the servers see leaves the Job as it is", () => {
  expect(nameOf({ services: { history: { replicas: 5 } }, ui: false, dynamicConfig: { "frontend.rps": 1 } })).toBe(
    nameOf(),
  );
});

test("databases are not created where the user may not", () => {
  const commands = (postgres: object) =>
    JSON.stringify(schemaJob(place.stack, clusterSettings({ postgres })).spec.template.spec);
  expect(commands(existingPostgres)).toContain("create-database");
  expect(commands(ownPostgres)).toContain("create-database");
  expect(commands({ ...existingPostgres, createDatabases: false })).not.toContain("create-database");
});

test("TLS to the database is checked as the server checks it", () => {
  const postgres = { ...existingPostgres, tls: { ca: { name: "db-ca", key: "ca.pem" }, verify: false } };
  const [container] = schemaJob(place.stack, clusterSettings({ postgres })).spec.template.spec.containers;
  expect(container?.env.filter(({ name }) => name.startsWith("SQL_TLS"))).toEqual([
    { name: "SQL_TLS", value: "true" },
    { name: "SQL_TLS_DISABLE_HOST_VERIFICATION", value: "true" },
    { name: "SQL_TLS_CA_FILE", value: "/etc/temporal/postgres-ca/ca.crt" },
  ]);
});
