import fc from "fast-check";
import { expect, test } from "vitest";
import {
  kedaProblem,
  scaledObjectSpec,
  temporalCredentials,
} from "../../../components/kubernetes/worker-autoscaler.ts";
import type { WorkerSite } from "../../../components/kubernetes/worker-site.ts";
import { entryOf, laneOf, siteOf, yaml } from "./support.ts";

function scaled(fields: object = {}, siteFields: Partial<WorkerSite> = {}) {
  const entry = entryOf(fields);
  return scaledObjectSpec({ entry, lane: laneOf(entry), site: siteOf(siteFields), concurrency: "4" });
}

test("workers are scaled by what waits and by what is in flight", () => {
  expect(`\n${yaml(scaled())}`).toMatchInlineSnapshot(`
    "
    scaleTargetRef:
      apiVersion: apps/v1
      kind: Deployment
      name: transcribe
    pollingInterval: 5
    cooldownPeriod: 300
    minReplicaCount: 0
    maxReplicaCount: 10
    advanced:
      restoreToOriginalReplicaCount: false
      horizontalPodAutoscalerConfig:
        behavior:
          scaleDown:
            stabilizationWindowSeconds: 300
    triggers:
      - type: temporal
        name: backlog
        metadata:
          endpoint: temporal-frontend.temporal.svc:7233
          namespace: speech.a1b2c
          taskQueue: transcribe
          queueTypes: activity
          targetQueueSize: '5'
      - type: metrics-api
        name: in-flight
        metadata:
          url: http://transcribe-metrics.speech.svc:9090/metrics
          format: prometheus
          valueLocation: temporal_worker_task_slots_used{worker_type="ActivityWorker"}
          aggregateFromKubeServiceEndpoints: 'true'
          aggregationType: sum
          targetValue: '4'
          activationTargetValue: '0'
    "
  `);
});

test("a StatefulSet is scaled as one", () => {
  expect(scaled({ state: { size: "1Gi", mountPath: "/data" } }).scaleTargetRef.kind).toBe("StatefulSet");
});

test("the last worker goes after the time that the registry says, in whole seconds, and after two looks at the earliest", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 10 * 86_400_000 }), (idleAfter) => {
      const { cooldownPeriod, advanced } = scaled({ scaling: { idleAfter: `${idleAfter}ms` } });
      const { stabilizationWindowSeconds } = advanced.horizontalPodAutoscalerConfig.behavior.scaleDown;
      const asked = Math.max(idleAfter, 10_000);
      expect(cooldownPeriod * 1000).toBeGreaterThanOrEqual(asked);
      expect(cooldownPeriod * 1000 - asked).toBeLessThan(1000);
      expect(stabilizationWindowSeconds).toBe(Math.min(cooldownPeriod, 3600));
    }),
  );
});

test("KEDA shows Temporal the credentials of the workers", () => {
  const apiKey = { name: "temporal", key: "api-key" };
  expect(temporalCredentials({ address: "t:7233" })).toEqual([]);
  expect(temporalCredentials({ address: "t:7233", apiKey })).toEqual([{ parameter: "apiKey", ...apiKey }]);
  const tls = { serverName: "t", ca: { name: "ca", key: "ca.crt" }, clientCertificate: "client" };
  expect(temporalCredentials({ address: "t:7233", tls })).toEqual([
    { parameter: "cert", name: "client", key: "tls.crt" },
    { parameter: "key", name: "client", key: "tls.key" },
    { parameter: "ca", name: "ca", key: "ca.crt" },
  ]);
  const [backlog] = scaled({}, { temporal: { address: "t:7233", tls } }).triggers;
  expect(backlog).toMatchObject({ metadata: { tlsServerName: "t" }, authenticationRef: { name: "transcribe" } });
});

test("what KEDA cannot speak is told before the run", () => {
  const apiKey = { name: "temporal", key: "api-key" };
  const ca = { name: "ca", key: "ca.crt" };
  expect(kedaProblem({ address: "t:7233" })).toBeUndefined();
  expect(kedaProblem({ address: "t:7233", apiKey })).toBeUndefined();
  expect(kedaProblem({ address: "t:7233", tls: { ca, clientCertificate: "client" } })).toBeUndefined();
  expect(kedaProblem({ address: "t:7233", tls: {} })).toBe(
    "KEDA speaks TLS to Temporal only with a client certificate or an API key. " +
      'Give a client certificate too, or set `conduit:autoscaler` to "none".',
  );
  expect(kedaProblem({ address: "t:7233", tls: { ca }, apiKey })).toContain("KEDA trusts an authority of your own");
});
