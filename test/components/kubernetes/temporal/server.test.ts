import { expect, test } from "vitest";
import { serverDeployment, serverServices } from "../../../../components/kubernetes/temporal/server.ts";
import {
  disruptionBudget,
  frontendService,
  membersService,
} from "../../../../components/kubernetes/temporal/server-services.ts";
import { manifestText } from "../../../support/manifest-text.ts";
import { clusterSettings, existingPostgres, place } from "./support.ts";

const stack = place.stack;

function container(...args: Parameters<typeof serverDeployment>) {
  const [only] = serverDeployment(...args).spec.template.spec.containers;
  if (!only) throw new Error("A server is one container.");
  return only;
}

test("a frontend is configured by the image's own template and variables alone", () => {
  expect(manifestText(serverDeployment(stack, clusterSettings(), "frontend", ["registry"]))).toMatchInlineSnapshot(`
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
      replicas: 2
      strategy:
        type: RollingUpdate
        rollingUpdate:
          maxSurge: 1
          maxUnavailable: 0
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
          imagePullSecrets:
            - name: registry
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
          terminationGracePeriodSeconds: 75
          topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: ScheduleAnyway
              labelSelector:
                matchLabels:
                  app.kubernetes.io/name: temporal-frontend
                  app.kubernetes.io/component: frontend
              matchLabelKeys:
                - pod-template-hash
            - maxSkew: 1
              topologyKey: kubernetes.io/hostname
              whenUnsatisfiable: ScheduleAnyway
              labelSelector:
                matchLabels:
                  app.kubernetes.io/name: temporal-frontend
                  app.kubernetes.io/component: frontend
              matchLabelKeys:
                - pod-template-hash
          containers:
            - name: frontend
              image: temporalio/server:1.31.2
              env:
                - name: TEMPORAL_SERVICES
                  value: frontend
                - name: BIND_ON_IP
                  value: "0.0.0.0"
                - name: TEMPORAL_BROADCAST_ADDRESS
                  valueFrom:
                    fieldRef:
                      fieldPath: status.podIP
                - name: NUM_HISTORY_SHARDS
                  value: "512"
                - name: DB
                  value: postgres12
                - name: POSTGRES_SEEDS
                  value: db.acme.io
                - name: DB_PORT
                  value: "5432"
                - name: POSTGRES_USER
                  value: temporal
                - name: POSTGRES_PWD
                  valueFrom:
                    secretKeyRef:
                      name: temporal-postgres
                      key: password
                - name: DBNAME
                  value: temporal
                - name: VISIBILITY_DBNAME
                  value: temporal_visibility
                - name: PUBLIC_FRONTEND_ADDRESS
                  value: temporal-frontend.temporal.svc:7233
                - name: DYNAMIC_CONFIG_FILE_PATH
                  value: /etc/temporal/dynamic-config/dynamic-config.yaml
                - name: PROMETHEUS_ENDPOINT
                  value: 0.0.0.0:9090
                - name: LOG_LEVEL
                  value: info
              ports:
                - name: rpc
                  containerPort: 7233
                - name: membership
                  containerPort: 6933
                - name: http
                  containerPort: 7243
                - name: metrics
                  containerPort: 9090
              startupProbe:
                tcpSocket:
                  port: rpc
                periodSeconds: 5
                failureThreshold: 60
              readinessProbe:
                grpc:
                  port: 7233
                  service: temporal.api.workflowservice.v1.WorkflowService
                periodSeconds: 5
                failureThreshold: 3
              livenessProbe:
                tcpSocket:
                  port: rpc
                periodSeconds: 20
                failureThreshold: 3
              lifecycle:
                preStop:
                  exec:
                    command:
                      - sleep
                      - "5"
              resources:
                requests:
                  cpu: 250m
                  memory: 512Mi
                limits:
                  memory: 512Mi
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities:
                  drop:
                    - ALL
              volumeMounts:
                - name: dynamic-config
                  mountPath: /etc/temporal/dynamic-config
                  readOnly: true
                - name: tmp
                  mountPath: /tmp
          volumes:
            - name: dynamic-config
              configMap:
                name: temporal-dynamic-config-c81a4dc3
            - name: tmp
              emptyDir:
                sizeLimit: 256Mi
    "
  `);
});

test("each service has the ports, the probes and the size of its own", () => {
  const settings = clusterSettings({ internalFrontend: true, services: { history: { replicas: 3, cpu: "2" } } });
  const rows = serverServices(settings).map((service) => {
    const { replicas } = serverDeployment(stack, settings, service).spec;
    const { ports, resources, readinessProbe } = container(stack, settings, service);
    const { cpu, memory } = resources.requests;
    const list = ports.map(({ name, containerPort }) => `${name} ${containerPort}`).join(", ");
    return `${service}: ${replicas} x ${cpu} ${memory}; ${list}; ${Object.keys(readinessProbe)[0]}`;
  });
  expect(rows).toMatchInlineSnapshot(`
    [
      "frontend: 2 x 250m 512Mi; rpc 7233, membership 6933, http 7243, metrics 9090; grpc",
      "internal-frontend: 2 x 250m 512Mi; rpc 7236, membership 6936, http 7246, metrics 9090; grpc",
      "history: 3 x 2 1Gi; rpc 7234, membership 6934, metrics 9090; tcpSocket",
      "matching: 2 x 250m 512Mi; rpc 7235, membership 6935, metrics 9090; tcpSocket",
      "worker: 2 x 250m 512Mi; membership 6939, metrics 9090; tcpSocket",
    ]
  `);
});

test("with an internal frontend, servers are told of it instead of the public one", () => {
  const names = container(stack, clusterSettings({ internalFrontend: true }), "worker").env.map(({ name }) => name);
  expect(names).toContain("USE_INTERNAL_FRONTEND");
  expect(names).not.toContain("PUBLIC_FRONTEND_ADDRESS");
});

test("TLS to the database is checked against its authority, with keys that only the server may read", () => {
  const tls = { ca: { name: "db-ca", key: "ca.pem" }, clientCertificate: "db-client" };
  const settings = clusterSettings({ postgres: { ...existingPostgres, tls } });
  const { volumes } = serverDeployment(stack, settings, "history").spec.template.spec;
  expect(container(stack, settings, "history").env.filter(({ name }) => name.startsWith("SQL_"))).toEqual([
    { name: "SQL_TLS_ENABLED", value: "true" },
    { name: "SQL_HOST_VERIFICATION", value: "true" },
    { name: "SQL_CA", value: "/etc/temporal/postgres-ca/ca.crt" },
    { name: "SQL_CERT", value: "/etc/temporal/postgres-certificate/tls.crt" },
    { name: "SQL_CERT_KEY", value: "/etc/temporal/postgres-certificate/tls.key" },
  ]);
  expect(volumes).toContainEqual({
    name: "postgres-certificate",
    secret: { secretName: "db-client", defaultMode: 0o440 },
  });
});

test("the frontend is called through one Service, and members find each other before they are ready", () => {
  expect(manifestText(frontendService(place, "frontend"))).toMatchInlineSnapshot(`
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
        - name: http
          port: 7243
          targetPort: http
          appProtocol: http
    "
  `);
  expect(manifestText(membersService(place, "history"))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-history-headless
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-history-headless
        app.kubernetes.io/component: history
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
        pulumi.com/skipAwait: "true"
    spec:
      clusterIP: None
      publishNotReadyAddresses: true
      selector:
        app.kubernetes.io/name: temporal-history
        app.kubernetes.io/component: history
      ports:
        - name: rpc
          port: 7234
          targetPort: rpc
        - name: membership
          port: 6934
          targetPort: membership
        - name: metrics
          port: 9090
          targetPort: metrics
    "
  `);
});

test("a service of more than one has a budget that lets one go at a time, and a single one has none", () => {
  const settings = clusterSettings({ services: { matching: { replicas: 1 } } });
  expect(manifestText(disruptionBudget(place, settings, "history"))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-history
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-history
        app.kubernetes.io/component: history
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
    spec:
      maxUnavailable: 1
      selector:
        matchLabels:
          app.kubernetes.io/name: temporal-history
          app.kubernetes.io/component: history
    "
  `);
  expect(disruptionBudget(place, settings, "matching")).toBeUndefined();
});
