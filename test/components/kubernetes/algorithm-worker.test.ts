import { expect, test } from "vitest";
import { fixedSpec, metricsService, workerWorkload } from "../../../components/kubernetes/algorithm-worker.ts";
import type { WorkerSite } from "../../../components/kubernetes/worker-site.ts";
import { deployedOf, entryOf, laneOf, siteOf, yaml } from "./support.ts";

function workload(fields: object = {}, asked: object = {}, siteFields: Partial<WorkerSite> = {}) {
  const entry = entryOf(fields);
  return workerWorkload({ entry, lane: laneOf(entry), site: siteOf(siteFields), deployed: deployedOf(entry, asked) });
}

function plainArgs(fields: object = {}, siteFields: Partial<WorkerSite> = {}) {
  const entry = entryOf(fields);
  return { entry, lane: laneOf(entry), site: siteOf(siteFields) };
}

test("what a version decides of the workers' Deployment", () => {
  expect(`\n${yaml(workload())}`).toMatchInlineSnapshot(`
    "
    annotations:
      algorithm-conduit/stack: algorithms/prod
      algorithm-conduit/owner: asr
      algorithm-conduit/version: aaaaaaaaaaaa-bbbbbbbb
      algorithm-conduit/commit: '1111111111111111111111111111111111111111'
      pulumi.com/timeoutSeconds: '930'
    template:
      metadata:
        labels:
          app.kubernetes.io/managed-by: algorithm-conduit
          app.kubernetes.io/name: transcribe
          app.kubernetes.io/component: worker
          algorithm-conduit/algorithm: transcribe
          app.kubernetes.io/instance: transcribe
        annotations:
          algorithm-conduit/stack: algorithms/prod
          algorithm-conduit/owner: asr
          algorithm-conduit/version: aaaaaaaaaaaa-bbbbbbbb
          algorithm-conduit/commit: '1111111111111111111111111111111111111111'
      spec:
        serviceAccountName: transcribe
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
        terminationGracePeriodSeconds: 85
        containers:
          - name: worker
            image: registry.test/transcribe:aaaaaaaaaaaa-bbbbbbbb@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
            env:
              - {name: HOME, value: /home/conduit}
              - {name: PYTHONUNBUFFERED, value: '1'}
              - {name: CONDUIT_CONTRACT, value: '1'}
              - {name: CONDUIT_ALGORITHM, value: transcribe}
              - {name: CONDUIT_TASK_QUEUE, value: transcribe}
              - {name: CONDUIT_VERSION, value: aaaaaaaaaaaa-bbbbbbbb}
              - {name: CONDUIT_CONCURRENCY, value: '1'}
              - {name: CONDUIT_SHUTDOWN_GRACE, value: '70'}
              - {name: CONDUIT_STARTUP_TIMEOUT, value: '600'}
              - {name: CONDUIT_CPU, value: '0.25'}
              - {name: CONDUIT_NON_RETRYABLE}
              - {name: TEMPORAL_ADDRESS, value: temporal-frontend.temporal.svc:7233}
              - {name: TEMPORAL_NAMESPACE, value: speech.a1b2c}
              - {name: CONDUIT_COMMIT, value: '1111111111111111111111111111111111111111'}
              - {name: CONDUIT_HEALTH_ADDRESS, value: 0.0.0.0:8080}
              - {name: CONDUIT_METRICS_ADDRESS, value: 0.0.0.0:9090}
              - {name: CONDUIT_RUNNING_FILE, value: /dev/termination-log}
            ports:
              - {name: health, containerPort: 8080}
              - {name: metrics, containerPort: 9090}
            resources:
              requests: {cpu: 250m, memory: 1Gi}
              limits: {memory: 1Gi}
            startupProbe:
              httpGet: &ref_0 {path: /readyz, port: health}
              periodSeconds: 1
              timeoutSeconds: 2
              failureThreshold: 610
            livenessProbe:
              httpGet: {path: /healthz, port: health}
              periodSeconds: 20
              timeoutSeconds: 5
              failureThreshold: 9
            readinessProbe:
              httpGet: *ref_0
              periodSeconds: 5
              timeoutSeconds: 3
              failureThreshold: 3
            terminationMessagePolicy: FallbackToLogsOnError
            securityContext:
              allowPrivilegeEscalation: false
              readOnlyRootFilesystem: true
              capabilities: {drop: [ALL]}
            volumeMounts:
              - {name: home, mountPath: /home/conduit}
              - {name: tmp, mountPath: /tmp}
              - {name: shm, mountPath: /dev/shm}
        volumes:
          - name: home
            emptyDir:
              sizeLimit: 10Gi
          - name: tmp
            emptyDir:
              sizeLimit: 10Gi
          - name: shm
            emptyDir:
              medium: Memory
              sizeLimit: 512Mi
    strategy:
      type: RollingUpdate
      rollingUpdate:
        maxSurge: 25%
        maxUnavailable: 0
    progressDeadlineSeconds: 900
    "
  `);
});

test("the autoscaler owns the number of workers; without one it is the least, and at least one", () => {
  expect(fixedSpec(plainArgs())).not.toHaveProperty("replicas");
  expect(fixedSpec(plainArgs({}, { autoscaler: "none" })).replicas).toBe(1);
  expect(fixedSpec(plainArgs({ scaling: { min: 3 } }, { autoscaler: "none" })).replicas).toBe(3);
  expect(workload().annotations).not.toHaveProperty("pulumi.com/patchForce");
  expect(workload({}, {}, { autoscaler: "none" }).annotations).toHaveProperty("pulumi.com/patchForce", "true");
});

test("the metrics of each ready worker are found by a headless Service", () => {
  expect(`\n${yaml(metricsService(plainArgs()))}`).toMatchInlineSnapshot(`
    "
    metadata:
      name: transcribe-metrics
      namespace: speech
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: transcribe-metrics
        app.kubernetes.io/component: worker
        algorithm-conduit/algorithm: transcribe
        app.kubernetes.io/instance: transcribe
      annotations:
        algorithm-conduit/stack: algorithms/prod
        algorithm-conduit/owner: asr
    spec:
      clusterIP: None
      selector:
        app.kubernetes.io/name: transcribe
        app.kubernetes.io/component: worker
      ports:
        - name: metrics
          port: 9090
          targetPort: metrics
    "
  `);
});

test("a GPU or a volume replaces the old worker first, unless the registry says otherwise", () => {
  const surge = { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } };
  expect(workload({}, { gpu: 1 }).strategy).toEqual({ type: "Recreate" });
  expect(workload({ rollout: "surge" }, { gpu: 1 }).strategy).toEqual(surge);
  expect(workload({ rollout: "replace" }).strategy).toEqual({ type: "Recreate" });
});
