import { expect, test } from "vitest";
import {
  type OwnPostgres,
  postgresPassword,
  postgresStatefulSet,
} from "../../../../components/kubernetes/temporal/postgres.ts";
import { manifestText } from "../../../support/manifest-text.ts";
import { clusterSettings, ownPostgres, place } from "./support.ts";

function settings(written: object = {}): OwnPostgres {
  const { postgres } = clusterSettings({ postgres: { ...ownPostgres, ...written } });
  if (postgres.kind !== "own") throw new Error("This PostgreSQL is made here.");
  return postgres;
}

test("a PostgreSQL of our own is one pod with a volume that outlives it", () => {
  expect(manifestText(postgresStatefulSet(place, settings()))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-postgres
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-postgres
        app.kubernetes.io/component: postgres
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
    spec:
      replicas: 1
      serviceName: temporal-postgres
      selector:
        matchLabels:
          app.kubernetes.io/name: temporal-postgres
          app.kubernetes.io/component: postgres
      persistentVolumeClaimRetentionPolicy:
        whenDeleted: Retain
        whenScaled: Retain
      template:
        metadata:
          labels:
            app.kubernetes.io/managed-by: algorithm-conduit
            app.kubernetes.io/name: temporal-postgres
            app.kubernetes.io/component: postgres
            app.kubernetes.io/part-of: temporal
        spec:
          automountServiceAccountToken: false
          enableServiceLinks: false
          securityContext:
            runAsNonRoot: true
            runAsUser: 999
            runAsGroup: 999
            fsGroup: 999
            fsGroupChangePolicy: OnRootMismatch
            seccompProfile:
              type: RuntimeDefault
          terminationGracePeriodSeconds: 120
          containers:
            - name: postgres
              image: postgres:17.6
              env:
                - name: POSTGRES_USER
                  value: temporal
                - name: POSTGRES_PASSWORD
                  valueFrom:
                    secretKeyRef:
                      name: temporal-postgres
                      key: password
                - name: PGDATA
                  value: /var/lib/postgresql/data/pgdata
              ports:
                - name: postgres
                  containerPort: 5432
              startupProbe:
                exec:
                  command:
                    - pg_isready
                    - --host=127.0.0.1
                    - --username=temporal
                periodSeconds: 2
                failureThreshold: 150
              readinessProbe:
                exec:
                  command:
                    - pg_isready
                    - --host=127.0.0.1
                    - --username=temporal
                periodSeconds: 10
                timeoutSeconds: 5
              livenessProbe:
                exec:
                  command:
                    - pg_isready
                    - --host=127.0.0.1
                    - --username=temporal
                periodSeconds: 20
                timeoutSeconds: 5
                failureThreshold: 6
              resources:
                requests:
                  cpu: 250m
                  memory: 1Gi
                limits:
                  memory: 1Gi
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop:
                    - ALL
              volumeMounts:
                - name: data
                  mountPath: /var/lib/postgresql/data
                - name: run
                  mountPath: /var/run/postgresql
                - name: tmp
                  mountPath: /tmp
          volumes:
            - name: tmp
              emptyDir:
                sizeLimit: 256Mi
            - name: run
              emptyDir:
                sizeLimit: 16Mi
      volumeClaimTemplates:
        - metadata:
            name: data
          spec:
            accessModes:
              - ReadWriteOnce
            resources:
              requests:
                storage: 10Gi
    "
  `);
});

test("its volume goes with the stack only when that was asked for", () => {
  const { spec } = postgresStatefulSet(place, settings({ deleteWithStack: true, storageClass: "fast" }));
  expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: "Delete", whenScaled: "Retain" });
  expect(spec.volumeClaimTemplates[0]?.spec.storageClassName).toBe("fast");
});

test("its password is made up, unless there is one", () => {
  expect(manifestText(postgresPassword(place, settings()))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-postgres
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-postgres
        app.kubernetes.io/component: postgres
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
    key: password
    "
  `);
  const password = { name: "temporal-postgres", key: "password" };
  expect(postgresPassword(place, settings({ password }))).toBeUndefined();
});
