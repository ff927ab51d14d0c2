import { expect, test } from "vitest";
import {
  clusterPolicies,
  commonPolicies,
  type Policy,
  type Reach,
} from "../../../../components/kubernetes/temporal/network-policies.ts";
import { manifestText } from "../../../support/manifest-text.ts";
import { place } from "./support.ts";

const clients = [
  { namespace: "speech", labels: { "app.kubernetes.io/managed-by": "algorithm-conduit" } },
  { namespace: "keda", labels: {} },
];

const closed: Reach = { clients, uiClients: [] };

function specs(policies: readonly Policy[]) {
  return manifestText(Object.fromEntries(policies.map(({ suffix, manifest }) => [suffix, manifest.spec])));
}

test("everything is closed but DNS and the frontend for the pods that are named", () => {
  expect(specs(commonPolicies(place, closed))).toMatchInlineSnapshot(`
    "
    closed:
      podSelector:
        matchLabels:
          app.kubernetes.io/part-of: temporal
      policyTypes:
        - Ingress
        - Egress
    dns:
      podSelector:
        matchLabels:
          app.kubernetes.io/part-of: temporal
      policyTypes:
        - Egress
      egress:
        - to:
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: kube-system
            - ipBlock:
                cidr: 169.254.20.10/32
          ports:
            - protocol: UDP
              port: 53
            - protocol: TCP
              port: 53
    frontend:
      podSelector:
        matchLabels:
          app.kubernetes.io/name: temporal-frontend
          app.kubernetes.io/component: frontend
      policyTypes:
        - Ingress
      ingress:
        - from:
            - podSelector:
                matchLabels:
                  app.kubernetes.io/name: temporal-ui
                  app.kubernetes.io/component: ui
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: speech
              podSelector:
                matchLabels:
                  app.kubernetes.io/managed-by: algorithm-conduit
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: keda
          ports:
            - protocol: TCP
              port: 7233
    "
  `);
});

test("the web UI and the metrics open only to those who are named", () => {
  const open = commonPolicies(place, {
    ...closed,
    uiClients: [{ namespace: "ingress", labels: {} }],
    metricsFrom: "monitoring",
  });
  expect(specs(open.filter(({ suffix }) => suffix === "ui" || suffix === "metrics"))).toMatchInlineSnapshot(`
    "
    ui:
      podSelector:
        matchLabels:
          app.kubernetes.io/part-of: temporal
        matchExpressions:
          - key: app.kubernetes.io/component
            operator: In
            values:
              - ui
              - frontend
      policyTypes:
        - Ingress
      ingress:
        - from:
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: ingress
          ports:
            - protocol: TCP
              port: 8080
    metrics:
      podSelector:
        matchLabels:
          app.kubernetes.io/part-of: temporal
        matchExpressions:
          - key: app.kubernetes.io/component
            operator: In
            values:
              - frontend
              - internal-frontend
              - history
              - matching
              - worker
      policyTypes:
        - Ingress
      ingress:
        - from:
            - namespaceSelector:
                matchLabels:
                  kubernetes.io/metadata.name: monitoring
          ports:
            - protocol: TCP
              port: 9090
    "
  `);
});

test("members reach each other and a PostgreSQL of their own, which nobody else reaches", () => {
  expect(specs(clusterPolicies(place, { kind: "own" }))).toMatchInlineSnapshot(`
    "
    members:
      podSelector:
        matchLabels:
          app.kubernetes.io/part-of: temporal
        matchExpressions:
          - key: app.kubernetes.io/component
            operator: In
            values:
              - frontend
              - internal-frontend
              - history
              - matching
              - worker
      policyTypes:
        - Ingress
        - Egress
      ingress:
        - from:
            - podSelector:
                matchLabels:
                  app.kubernetes.io/part-of: temporal
                matchExpressions:
                  - key: app.kubernetes.io/component
                    operator: In
                    values:
                      - frontend
                      - internal-frontend
                      - history
                      - matching
                      - worker
      egress:
        - to:
            - podSelector:
                matchLabels:
                  app.kubernetes.io/part-of: temporal
                matchExpressions:
                  - key: app.kubernetes.io/component
                    operator: In
                    values:
                      - frontend
                      - internal-frontend
                      - history
                      - matching
                      - worker
    ui-to-frontend:
      podSelector:
        matchLabels:
          app.kubernetes.io/name: temporal-ui
          app.kubernetes.io/component: ui
      policyTypes:
        - Egress
      egress:
        - to:
            - podSelector:
                matchLabels:
                  app.kubernetes.io/name: temporal-frontend
                  app.kubernetes.io/component: frontend
          ports:
            - protocol: TCP
              port: 7233
    to-postgres:
      podSelector:
        matchLabels:
          app.kubernetes.io/part-of: temporal
        matchExpressions:
          - key: app.kubernetes.io/component
            operator: In
            values:
              - frontend
              - internal-frontend
              - history
              - matching
              - worker
              - schema
      policyTypes:
        - Egress
      egress:
        - to:
            - podSelector:
                matchLabels:
                  app.kubernetes.io/name: temporal-postgres
                  app.kubernetes.io/component: postgres
          ports:
            - protocol: TCP
              port: 5432
    postgres:
      podSelector:
        matchLabels:
          app.kubernetes.io/name: temporal-postgres
          app.kubernetes.io/component: postgres
      policyTypes:
        - Ingress
      ingress:
        - from:
            - podSelector:
                matchLabels:
                  app.kubernetes.io/part-of: temporal
                matchExpressions:
                  - key: app.kubernetes.io/component
                    operator: In
                    values:
                      - frontend
                      - internal-frontend
                      - history
                      - matching
                      - worker
                      - schema
          ports:
            - protocol: TCP
              port: 5432
    "
  `);
});

test("a PostgreSQL that is there is reached by its port, and by its addresses where they are known", () => {
  const egress = (cidrs: string[]) =>
    clusterPolicies(place, { kind: "existing", port: 5433, cidrs }).find(({ suffix }) => suffix === "to-postgres")
      ?.manifest.spec.egress;
  expect(egress([])).toEqual([{ ports: [{ protocol: "TCP", port: 5433 }] }]);
  expect(egress(["10.20.0.0/16"])).toEqual([
    { to: [{ ipBlock: { cidr: "10.20.0.0/16" } }], ports: [{ protocol: "TCP", port: 5433 }] },
  ]);
});
