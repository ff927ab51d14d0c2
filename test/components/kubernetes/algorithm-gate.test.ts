import fc from "fast-check";
import { expect, test } from "vitest";
import { gateJob } from "../../../components/kubernetes/algorithm-gate.ts";
import { gateName, jobLogCommand, workerLogCommand } from "../../../components/kubernetes/log-commands.ts";
import { gpuTypesSettings } from "../../../components/kubernetes/settings.ts";
import { longestName } from "../../../registry/names.ts";
import { at, deployedOf, entryOf, siteOf, version, yaml } from "./support.ts";

function gate(fields: object = {}, asked: object = {}) {
  const entry = entryOf(fields);
  return gateJob({ entry, site: siteOf(), deployed: deployedOf(entry, asked) });
}

test("the Job that a version passes before any worker runs it", () => {
  const fields = { env: { LANGUAGE: "en", EMPTY: "" }, secrets: { TOKEN: { name: "hugging-face", key: "token" } } };
  expect(`\n${yaml(gate(fields))}`).toMatchInlineSnapshot(`
    "
    metadata:
      name: transcribe-aaaaaaaaaaaa-bbbbbbbb
      namespace: speech
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: transcribe-aaaaaaaaaaaa-bbbbbbbb
        app.kubernetes.io/component: gate
        algorithm-conduit/algorithm: transcribe
        app.kubernetes.io/instance: transcribe
      annotations:
        algorithm-conduit/stack: algorithms/prod
        algorithm-conduit/owner: asr
        algorithm-conduit/version: aaaaaaaaaaaa-bbbbbbbb
        algorithm-conduit/commit: '1111111111111111111111111111111111111111'
        pulumi.com/timeoutSeconds: '930'
        pulumi.com/replaceUnready: 'true'
    spec:
      backoffLimit: 0
      activeDeadlineSeconds: 900
      podFailurePolicy:
        rules:
          - action: Ignore
            onPodConditions:
              - {type: DisruptionTarget, status: 'True'}
      template:
        metadata:
          labels:
            app.kubernetes.io/managed-by: algorithm-conduit
            app.kubernetes.io/name: transcribe-aaaaaaaaaaaa-bbbbbbbb
            app.kubernetes.io/component: gate
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
          restartPolicy: Never
          containers:
            - name: gate
              image: registry.test/transcribe:aaaaaaaaaaaa-bbbbbbbb@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
              env: [{name: HOME, value: /home/conduit}, {name: PYTHONUNBUFFERED, value: '1'}, {name: LANGUAGE, value: en}, {name: EMPTY}, {name: CONDUIT_CONTRACT, value: '1'}, {name: CONDUIT_ALGORITHM, value: transcribe}, {name: CONDUIT_TASK_QUEUE, value: transcribe.gate}, {name: CONDUIT_VERSION, value: aaaaaaaaaaaa-bbbbbbbb}, {name: CONDUIT_CONCURRENCY, value: '1'}, {name: CONDUIT_SHUTDOWN_GRACE, value: '70'}, {name: CONDUIT_STARTUP_TIMEOUT, value: '600'}, {name: CONDUIT_CPU, value: '0.25'}, {name: CONDUIT_NON_RETRYABLE}, {name: TEMPORAL_ADDRESS, value: temporal-frontend.temporal.svc:7233}, {name: TEMPORAL_NAMESPACE, value: speech.a1b2c}, {name: CONDUIT_COMMIT, value: '1111111111111111111111111111111111111111'}, {name: CONDUIT_HEALTH_ADDRESS, value: 0.0.0.0:8080}, {name: CONDUIT_METRICS_ADDRESS, value: 0.0.0.0:9090}, {name: CONDUIT_GATE, value: '1'}, {name: TOKEN, valueFrom: {secretKeyRef: {name: hugging-face, key: token}}}]
              ports: [{name: health, containerPort: 8080}, {name: metrics, containerPort: 9090}]
              resources: {requests: {cpu: 250m, memory: 1Gi}, limits: {memory: 1Gi}}
              terminationMessagePolicy: FallbackToLogsOnError
              securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
              volumeMounts: [{name: home, mountPath: /home/conduit}, {name: tmp, mountPath: /tmp}, {name: shm, mountPath: /dev/shm}]
          volumes:
            - name: home
              emptyDir: {sizeLimit: 10Gi}
            - name: tmp
              emptyDir: {sizeLimit: 10Gi}
            - name: shm
              emptyDir: {medium: Memory, sizeLimit: 512Mi}
    "
  `);
});

test("a gate ends with the time that a pod has to start", () => {
  const { metadata, spec } = gate({}, { timeouts: { startup: "2m" } });
  expect(spec.activeDeadlineSeconds).toBe(420);
  expect(metadata.annotations).toMatchObject({ "pulumi.com/timeoutSeconds": "450" });
});

test("a change of settings alone is another template of the same Job", () => {
  const [first, second] = [gate(), gate({}, { memory: "2Gi" })];
  expect(second.metadata.name).toBe(first.metadata.name);
  expect(second.spec.template).not.toEqual(first.spec.template);
});

test("a gate has what a worker has: the GPU too, and an empty folder for its volume", () => {
  const entry = entryOf({ state: { size: "5Gi", mountPath: "/data" } });
  const site = siteOf({ gpuTypes: gpuTypesSettings.parse({ default: { nodeSelector: { gpu: "l4" } } }) });
  const { template } = gateJob({ entry, site, deployed: deployedOf(entry, { gpu: 1 }) }).spec;
  expect(at(template, "spec", "nodeSelector")).toEqual({ gpu: "l4" });
  expect(at(template, "spec", "containers", 0, "resources", "limits", "nvidia.com/gpu")).toBe("1");
  expect(at(template, "spec", "volumes", 3)).toEqual({ name: "state", emptyDir: { sizeLimit: "5Gi" } });
});

test("the name of a gate fits a label, whatever the algorithm is called", () => {
  fc.assert(
    fc.property(fc.stringMatching(new RegExp(`^[a-z][-a-z0-9]{0,${longestName - 2}}[a-z0-9]$`)), (name) => {
      expect(gateName(name, version).length).toBeLessThanOrEqual(52);
    }),
  );
});

test("the commands for the logs name the gate, and the workers", () => {
  expect(jobLogCommand({ namespace: "speech", name: gateName("transcribe", version) })).toBe(
    "kubectl logs --namespace speech job/transcribe-aaaaaaaaaaaa-bbbbbbbb",
  );
  expect(workerLogCommand({ namespace: "speech", objectName: "transcribe-online" })).toBe(
    "kubectl logs --namespace speech --selector " +
      "app.kubernetes.io/name=transcribe-online,app.kubernetes.io/component=worker --tail 100",
  );
  expect(jobLogCommand({ namespace: "speech", context: "prod", name: gateName("transcribe", version) })).toBe(
    "kubectl logs --context prod --namespace speech job/transcribe-aaaaaaaaaaaa-bbbbbbbb",
  );
});
