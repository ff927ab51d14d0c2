import type { types } from "@pulumi/kubernetes";
import { expect, test } from "vitest";
import { gpuTypesSettings } from "../../../components/kubernetes/settings.ts";
import { workerPod } from "../../../components/kubernetes/worker-pod.ts";
import type { WorkerSite } from "../../../components/kubernetes/worker-site.ts";
import { at, deployedOf, entryOf, siteOf, yaml } from "./support.ts";

function pod(fields: object = {}, asked: object = {}, siteFields: Partial<WorkerSite> = {}) {
  const entry = entryOf(fields);
  const template: types.input.core.v1.PodTemplateSpec = workerPod({
    ...{ part: "worker", name: "transcribe", instance: "transcribe", taskQueue: "transcribe", mock: undefined },
    ...{ entry, site: siteOf(siteFields), deployed: deployedOf(entry, asked) },
  });
  return { template };
}

test("a volume is where the registry says", () => {
  const state = { size: "5Gi", mountPath: "/data" };
  expect(mounts(pod({ state }))).toEqual([...scratch, { name: "state", mountPath: "/data" }]);
});

test("a cache is a volume that goes with its pod", () => {
  const state = { size: "5Gi", mountPath: "/tmp", sharing: "cache" };
  const { template } = pod({ state });
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "5Gi" } } };
  expect(at(template, "spec", "volumes")).toContainEqual({
    name: "state",
    ephemeral: { volumeClaimTemplate: { spec } },
  });
  expect(mounts({ template })).toEqual([scratch[0], { name: "state", mountPath: "/tmp" }, scratch[2]]);
});

test("a GPU comes with the nodes that have it", () => {
  const toleration = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" };
  const gpuTypes = gpuTypesSettings.parse({
    default: { nodeSelector: { accelerator: "l4" }, tolerations: [toleration], runtimeClassName: "nvidia" },
  });
  const { template } = pod({}, { gpu: 2, memory: "16Gi" }, { gpuTypes });
  expect(template.spec).toMatchObject({
    nodeSelector: { accelerator: "l4" },
    tolerations: [toleration],
    runtimeClassName: "nvidia",
  });
  expect(at(template, "spec", "containers", 0, "resources")).toEqual({
    requests: { cpu: "250m", memory: "16Gi", "nvidia.com/gpu": "2" },
    limits: { memory: "16Gi", "nvidia.com/gpu": "2" },
  });
  expect(pod({}, {}, { gpuTypes }).template.spec).not.toHaveProperty("nodeSelector");
});

test("credentials for Temporal come from Secrets alone", () => {
  const tls = { serverName: "t", ca: { name: "ca", key: "ca.crt" }, clientCertificate: "client" };
  const { template } = pod({}, {}, { temporal: { address: "t:7233", tls } });
  const variables = at(template, "spec", "containers", 0, "env");
  expect(
    `\n${yaml({ variables: Object(variables).slice(-5), volumes: at(template, "spec", "volumes") })}`,
  ).toMatchInlineSnapshot(`
    "
    variables:
      - name: TEMPORAL_TLS
        value: 'true'
      - name: TEMPORAL_TLS_SERVER_NAME
        value: t
      - name: TEMPORAL_TLS_SERVER_CA_CERT_PATH
        value: /etc/temporal/authority/ca.crt
      - name: TEMPORAL_TLS_CLIENT_CERT_PATH
        value: /etc/temporal/certificate/tls.crt
      - name: TEMPORAL_TLS_CLIENT_KEY_PATH
        value: /etc/temporal/certificate/tls.key
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
      - name: temporal-authority
        secret:
          secretName: ca
          items:
            - key: ca.crt
              path: ca.crt
      - name: temporal-certificate
        secret:
          secretName: client
    "
  `);
  expect(mounts({ template })).toEqual([
    ...scratch,
    { name: "temporal-authority", mountPath: "/etc/temporal/authority", readOnly: true },
    { name: "temporal-certificate", mountPath: "/etc/temporal/certificate", readOnly: true },
  ]);
});

test("an API key is the value of a variable that only the kubelet knows", () => {
  const apiKey = { name: "temporal", key: "api-key" };
  const { template } = pod({}, {}, { temporal: { address: "t:7233", apiKey } });
  const variables = at(template, "spec", "containers", 0, "env");
  expect(variables).toContainEqual({ name: "TEMPORAL_API_KEY", valueFrom: { secretKeyRef: apiKey } });
});

test("an image is pulled with the Secrets of the stack", () => {
  const { template } = pod({}, {}, { pullSecrets: ["registry"] });
  expect(template.spec).toMatchObject({ imagePullSecrets: [{ name: "registry" }] });
});

const scratch = [
  { name: "home", mountPath: "/home/conduit" },
  { name: "tmp", mountPath: "/tmp" },
  { name: "shm", mountPath: "/dev/shm" },
];

function mounts({ template }: { template: unknown }): unknown {
  return at(template, "spec", "containers", 0, "volumeMounts");
}
