import { expect, test } from "vitest";
import {
  devServerDeployment,
  devServerService,
  devServerVolume,
} from "../../../../components/kubernetes/temporal/dev-server.ts";
import { manifestText } from "../../../support/manifest-text.ts";
import { devServerSettings, place } from "./support.ts";

test("a dev server is one pod that never runs twice at a time", () => {
  expect(manifestText(devServerDeployment(place, devServerSettings()))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-frontend
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-frontend
        app.kubernetes.io/component: frontend
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
    spec:
      replicas: 1
      strategy:
        type: Recreate
      selector:
        matchLabels:
          app.kubernetes.io/name: temporal-frontend
          app.kubernetes.io/component: frontend
      template:
        metadata:
          labels:
            app.kubernetes.io/managed-by: algorithm-conduit
            app.kubernetes.io/name: temporal-frontend
            app.kubernetes.io/component: frontend
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
          containers:
            - name: temporal
              image: temporalio/temporal:1.9.1
              args:
                - server
                - start-dev
                - --ip
                - "0.0.0.0"
                - --port
                - "7233"
                - --ui-port
                - "8080"
                - --metrics-port
                - "9090"
                - --db-filename
                - /data/temporal.db
                - --dynamic-config-value
                - frontend.enableCancelWorkerPollsOnShutdown=true
              ports:
                - name: rpc
                  containerPort: 7233
                - name: http
                  containerPort: 8080
                - name: metrics
                  containerPort: 9090
              startupProbe:
                tcpSocket:
                  port: rpc
                periodSeconds: 2
                failureThreshold: 60
              readinessProbe:
                grpc:
                  port: 7233
                  service: temporal.api.workflowservice.v1.WorkflowService
                periodSeconds: 5
              livenessProbe:
                tcpSocket:
                  port: rpc
                periodSeconds: 20
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
                  mountPath: /data
                - name: tmp
                  mountPath: /tmp
          volumes:
            - name: data
              emptyDir:
                sizeLimit: 4Gi
            - name: tmp
              emptyDir:
                sizeLimit: 256Mi
    "
  `);
});

test("a dev server is called through the Service that a cluster's frontend would have", () => {
  expect(manifestText(devServerService(place))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-frontend
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-frontend
        app.kubernetes.io/component: frontend
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
        pulumi.com/skipAwait: "true"
    spec:
      selector:
        app.kubernetes.io/name: temporal-frontend
        app.kubernetes.io/component: frontend
      ports:
        - name: grpc
          port: 7233
          targetPort: rpc
          appProtocol: grpc
    "
  `);
});

test("a dev server with persistence writes to a claim that nobody waits for", () => {
  const settings = devServerSettings({ persistence: { size: "5Gi", storageClass: "fast" } });
  expect(devServerDeployment(place, settings).spec.template.spec.volumes[0]).toEqual({
    name: "data",
    persistentVolumeClaim: { claimName: "temporal-data" },
  });
  expect(manifestText(devServerVolume(place, settings))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-data
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-data
        app.kubernetes.io/component: data
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
        pulumi.com/skipAwait: "true"
    spec:
      accessModes:
        - ReadWriteOnce
      storageClassName: fast
      resources:
        requests:
          storage: 5Gi
    "
  `);
});

test("a dev server without its UI starts none and opens no port for it", () => {
  const [container] = devServerDeployment(place, devServerSettings({ ui: false })).spec.template.spec.containers;
  expect(container?.args).toContain("--headless");
  expect(container?.ports.map(({ name }) => name)).toEqual(["rpc", "metrics"]);
});
