import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "./cluster.ts";
import { startCluster } from "./start-cluster.ts";
import { changesOf, failureOf, kubernetesStack } from "./support/kubernetes-stack.ts";
import { Objects } from "./support/objects.ts";

// Every kind that a platform is made of, through the kubernetes plugin, by the real engine and a real API server.

let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  cluster = await startCluster({ crds: false });
  objects = new Objects(cluster.kubeconfig);
});

afterAll(async () => cluster?.stop());

type Options = { provider: k8s.Provider; dependsOn?: pulumi.Resource[] };

const labels = { app: "web" };
const pod = { containers: [{ name: "web", image: "registry.test/web:1", resources: { requests: { cpu: "0.1" } } }] };
const template = { metadata: { labels }, spec: pod };
const selector = { matchLabels: labels };

function workloads(namespace: string, options: Options): void {
  const named = (name: string) => ({ name, namespace });
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } };
  const volumeClaimTemplates = [{ metadata: { name: "data" }, spec: claim }];
  new k8s.core.v1.PersistentVolumeClaim("claim", { metadata: named("claim"), spec: claim }, options);
  const set = { serviceName: "set", replicas: 2, selector, template, volumeClaimTemplates };
  new k8s.apps.v1.StatefulSet("set", { metadata: named("set"), spec: set }, options);
  new k8s.apps.v1.DaemonSet("daemon", { metadata: named("daemon"), spec: { selector, template } }, options);
  new k8s.core.v1.Pod("pod", { metadata: named("pod"), spec: pod }, options);
  const schedule = {
    schedule: "0 * * * *",
    jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: "Never" } } } },
  };
  new k8s.batch.v1.CronJob("cron", { metadata: named("cron"), spec: schedule }, options);
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "StatefulSet", name: "set" };
  const scaler = { scaleTargetRef, minReplicas: 1, maxReplicas: 3 };
  new k8s.autoscaling.v2.HorizontalPodAutoscaler("scaler", { metadata: named("scaler"), spec: scaler }, options);
}

function network(namespace: string, options: Options): void {
  const named = (name: string) => ({ name, namespace });
  const ports = [{ name: "http", port: 80, targetPort: "http" }];
  new k8s.core.v1.Service(
    "headless",
    { metadata: named("set"), spec: { clusterIP: "None", selector: labels, ports } },
    options,
  );
  new k8s.core.v1.Service("web", { metadata: named("web"), spec: { selector: labels, ports } }, options);
  const policy = {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: [],
    egress: [{ ports: [{ port: 53, protocol: "UDP" }] }],
  };
  new k8s.networking.v1.NetworkPolicy("policy", { metadata: named("policy"), spec: policy }, options);
  new k8s.policy.v1.PodDisruptionBudget(
    "budget",
    { metadata: named("budget"), spec: { maxUnavailable: 1, selector } },
    options,
  );
}

/** Answers those that pods have to keep to. */
function rules(namespace: string, options: Options): pulumi.Resource[] {
  const named = (name: string) => ({ name, namespace });
  new k8s.core.v1.ServiceAccount(
    "account",
    { metadata: named("account"), automountServiceAccountToken: false },
    options,
  );
  new k8s.rbac.v1.Role(
    "role",
    { metadata: named("role"), rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
    options,
  );
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "role" };
  const subjects = [{ kind: "ServiceAccount", name: "account", namespace }];
  new k8s.rbac.v1.RoleBinding("binding", { metadata: named("binding"), roleRef, subjects }, options);
  const hard = { "requests.cpu": "4000m", "requests.memory": "0.5Gi", pods: "20" };
  const quota = new k8s.core.v1.ResourceQuota("quota", { metadata: named("quota"), spec: { hard } }, options);
  const limits = [
    { type: "Container", default: { cpu: "1000m", memory: "64Mi" }, defaultRequest: { cpu: "0.1", memory: "1024Ki" } },
  ];
  return [quota, new k8s.core.v1.LimitRange("range", { metadata: named("range"), spec: { limits } }, options)];
}

/** A kind of one's own and an object of it, which can only be made once the kind is there. */
function custom(namespace: string, field: string, options: Options): void {
  const properties = {
    spec: {
      type: "object",
      properties: {
        [field]: { type: "string", default: "filled in" },
        any: { x_kubernetes_preserve_unknown_fields: true },
      },
    },
  };
  const versions = [
    { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", properties } } },
  ];
  const names = { plural: "things", singular: "thing", kind: "Thing" };
  const spec = { group: "example.test", scope: "Namespaced", names, versions };
  new k8s.apiextensions.v1.CustomResourceDefinition(
    "things",
    { metadata: { name: "things.example.test" }, spec },
    options,
  );
  const thing = {
    apiVersion: "example.test/v1",
    kind: "Thing",
    metadata: { name: "thing", namespace },
    spec: { any: { of: ["these"] } },
  };
  new k8s.apiextensions.CustomResource("thing", thing, options);
}

test("objects of every kind come, are found unchanged by preview and refresh, and go", async () => {
  const { with: run } = await kubernetesStack(cluster.kubeconfig, { upsertExistingObjects: true });
  const all = (field: string) =>
    run((options) => {
      const namespace = "kinds";
      const space = new k8s.core.v1.Namespace("space", { metadata: { name: namespace } }, options);
      const inside = { ...options, dependsOn: [space] };
      const bounds = rules(namespace, inside);
      network(namespace, inside);
      // The quota refuses a pod that says nothing of its memory, until the range fills that in.
      workloads(namespace, { ...options, dependsOn: [space, ...bounds] });
      custom(namespace, field, inside);
    });
  await all("first").up();
  expect(changesOf((await all("first").preview()).changeSummary)).toEqual({});
  await all("first").refresh({ expectNoChanges: true });
  expect(changesOf((await all("second").up()).summary.resourceChanges)).toEqual({ update: 1 });
  expect(changesOf((await all("second").preview()).changeSummary)).toEqual({});
  await all("second").destroy();
  expect(await objects.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kinds" } })).toBeUndefined();
});

test("what the cluster warns about an object is shown while it is waited for", async () => {
  const enforce = { "pod-security.kubernetes.io/enforce": "restricted" };
  await objects.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "secured", labels: enforce } });
  const { with: run } = await kubernetesStack(cluster.kubeconfig);
  const stack = run((options) => {
    const metadata = { name: "gate", namespace: "secured", annotations: { "pulumi.com/timeoutSeconds": "5" } };
    const spec = { template: { spec: { ...pod, restartPolicy: "Never" } } };
    new k8s.batch.v1.Job("gate", { metadata, spec }, options);
  });
  const failure = await failureOf(stack.up());
  expect(failure).toMatch(
    /FailedCreate: Error creating: pods "gate-\w+" is forbidden: violates PodSecurity "restricted/,
  );
  expect((await stack.refresh()).stdout).toContain("Resource 'gate' was created but failed to initialize");
});
