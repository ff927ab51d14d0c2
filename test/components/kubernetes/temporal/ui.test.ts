import { expect, test } from "vitest";
import { uiDeployment, uiService } from "../../../../components/kubernetes/temporal/ui.ts";
import { manifestText } from "../../../support/manifest-text.ts";
import { clusterSettings, place } from "./support.ts";

test("the web UI asks the frontend, and no variable of a Service gets into its settings", () => {
  expect(manifestText(uiDeployment(place, clusterSettings()))).toMatchInlineSnapshot(`
    "
    metadata:
      name: temporal-ui
      namespace: temporal
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: temporal-ui
        app.kubernetes.io/component: ui
        app.kubernetes.io/part-of: temporal
      annotations:
        algorithm-conduit/stack: conduit/prod
    spec:
      replicas: 1
      selector:
        matchLabels:
          app.kubernetes.io/name: temporal-ui
          app.kubernetes.io/component: ui
      template:
        metadata:
          labels:
            app.kubernetes.io/managed-by: algorithm-conduit
            app.kubernetes.io/name: temporal-ui
            app.kubernetes.io/component: ui
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
            - name: ui
              image: temporalio/ui:2.52.0
              env:
                - name: TEMPORAL_ADDRESS
                  value: temporal-frontend.temporal.svc:7233
                - name: TEMPORAL_UI_PORT
                  value: "8080"
                - name: TEMPORAL_DISABLE_NEWS_FETCH
                  value: "true"
              ports:
                - name: http
                  containerPort: 8080
              readinessProbe:
                httpGet:
                  path: /healthz
                  port: http
                periodSeconds: 5
              livenessProbe:
                httpGet:
                  path: /healthz
                  port: http
                initialDelaySeconds: 10
                periodSeconds: 20
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

test("an image that carries a tag or a digest is taken as it is", () => {
  const image = (ui: string) =>
    uiDeployment(place, clusterSettings({ images: { ui } })).spec.template.spec.containers[0]?.image;
  expect(image("registry.acme.io:5000/ui")).toBe("registry.acme.io:5000/ui:2.52.0");
  expect(image("acme/ui:2.53.0")).toBe("acme/ui:2.53.0");
  expect(image(`acme/ui@sha256:${"a".repeat(64)}`)).toBe(`acme/ui@sha256:${"a".repeat(64)}`);
});

test("the web UI's Service is the same whichever server runs", () => {
  expect(manifestText(uiService(place).spec)).toMatchInlineSnapshot(`
    "
    selector:
      app.kubernetes.io/name: temporal-ui
      app.kubernetes.io/component: ui
    ports:
      - name: http
        port: 8080
        targetPort: http
        appProtocol: http
    "
  `);
});
