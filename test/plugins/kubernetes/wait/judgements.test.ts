import { expect, test } from "vitest";
import type { Cluster } from "../cluster.ts";
import type { JsonObject } from "../json.ts";
import { judgeDeployment } from "./deployment.ts";
import { judgeJob } from "./job.ts";
import { timeLimit } from "./pace.ts";
import { problemsOfPod } from "./pods.ts";
import { judgeService } from "./service.ts";
import { judgeStatefulSet } from "./stateful-set.ts";
import { waitForOf } from "./wait-for.ts";

const condition = (type: string, status: string, reason = "", message = "") => ({ type, status, reason, message });
const revision = (value: string) => ({ annotations: { "deployment.kubernetes.io/revision": value } });

function deployment(latest: string, conditions: JsonObject[], observedGeneration = 1): JsonObject {
  return { metadata: { generation: 1, ...revision(latest) }, status: { observedGeneration, conditions } };
}

function replicaSet(latest: string, replicas: number, readyReplicas: number): JsonObject {
  return { metadata: revision(latest), spec: { replicas }, status: { readyReplicas } };
}

const available = condition("Available", "True");
const rolledOut = condition("Progressing", "True", "NewReplicaSetAvailable");

test("a Deployment is ready once its latest ReplicaSet has the pods that it asks for", () => {
  const live = deployment("2", [available, rolledOut]);
  expect(judgeDeployment(live, [replicaSet("1", 3, 3), replicaSet("2", 3, 2)]).ready).toBe(false);
  expect(judgeDeployment(live, [replicaSet("1", 0, 0), replicaSet("2", 3, 3)]).ready).toBe(true);
  expect(judgeDeployment(live, [replicaSet("2", 0, 0)]).ready).toBe(true);
  expect(judgeDeployment(live, []).ready).toBe(false);
  expect(judgeDeployment(deployment("2", [available, rolledOut], 0), [replicaSet("2", 1, 1)]).ready).toBe(false);
});

test("a Deployment that is not rolled out says what its conditions say", () => {
  const progressing = condition("Progressing", "False", "ProgressDeadlineExceeded", "ReplicaSet has timed out");
  expect(judgeDeployment(deployment("2", [available, progressing]), [replicaSet("2", 1, 0)]).reasons).toEqual([
    "[ProgressDeadlineExceeded] ReplicaSet has timed out",
    "Minimum number of Pods to consider the application live was not attained",
  ]);
});

test("a StatefulSet is ready once all its replicas are of the latest revision", () => {
  const set = (currentRevision: string, readyReplicas: number): JsonObject => ({
    metadata: { generation: 2 },
    spec: { replicas: 2 },
    status: {
      observedGeneration: 2,
      replicas: 2,
      currentReplicas: 2,
      readyReplicas,
      currentRevision,
      updateRevision: "b",
    },
  });
  expect(judgeStatefulSet(set("b", 2)).ready).toBe(true);
  expect(judgeStatefulSet(set("a", 2)).reasons).toEqual([
    'StatefulSet controller failed to advance from revision "a" to revision "b"',
  ]);
  expect(judgeStatefulSet(set("b", 1)).reasons).toEqual(["1 out of 2 replicas succeeded readiness checks"]);
});

test("a Job is ready when it is complete, and has failed when it gave up", () => {
  const job = (...conditions: JsonObject[]) => ({ status: { startTime: "now", conditions } });
  expect(judgeJob(job())).toEqual({ ready: false, failure: undefined });
  expect(judgeJob(job(condition("Complete", "True")))).toEqual({ ready: true, failure: undefined });
  const failed = condition("Failed", "True", "DeadlineExceeded", "Job was active too long");
  expect(judgeJob(job(failed))).toEqual({ ready: false, failure: "[DeadlineExceeded] Job was active too long" });
});

test("a pod tells of its scheduling, its conditions and its containers", () => {
  const pending = { status: { conditions: [condition("PodScheduled", "False", "Unschedulable", "0/2 nodes")] } };
  expect(problemsOfPod(pending)).toEqual(["0/2 nodes"]);
  const waiting = { reason: "ImagePullBackOff", message: "Back-off pulling image" };
  const pod = {
    metadata: { name: "web-1", namespace: "a" },
    status: {
      conditions: [
        condition("PodScheduled", "True"),
        condition("Ready", "False", "Not", "containers with unready status: [web]"),
      ],
      containerStatuses: [{ name: "web", ready: false, state: { waiting } }],
    },
  };
  expect(problemsOfPod(pod)).toEqual([
    "[Pod a/web-1]: containers with unready status: [web]\n[ImagePullBackOff] Back-off pulling image",
  ]);
});

test("a Service waits for an address where it asks for one, and for pods that are not ready", () => {
  const balanced = { spec: { type: "LoadBalancer" } };
  expect(judgeService(balanced, undefined)).toHaveLength(1);
  expect(judgeService({ ...balanced, status: { loadBalancer: { ingress: [{ ip: "1" }] } } }, undefined)).toEqual([]);
  expect(judgeService({}, { subsets: [{ notReadyAddresses: [{ ip: "1" }] }] })).toHaveLength(1);
  expect(judgeService({}, { subsets: [] })).toEqual([]);
});

async function isMet(waitFor: string, live: JsonObject): Promise<boolean | undefined> {
  const judge = waitForOf({ metadata: { annotations: { "pulumi.com/waitFor": waitFor } } });
  const nothing = async () => {
    throw new Error("The server is not asked.");
  };
  const objects = { get: nothing, list: nothing, create: nothing, apply: nothing, replace: nothing };
  const cluster: Cluster = {
    objects: { ...objects, patch: nothing, delete: nothing, discover: nothing },
    configuration: {
      kubeconfig: undefined,
      context: undefined,
      cluster: undefined,
      namespace: undefined,
      serverSideApply: true,
      upsertExistingObjects: false,
      patchForce: false,
      configMapMutable: false,
      secretMutable: false,
    },
    signal: new AbortController().signal,
    namespace: "default",
    tell: () => {},
  };
  return (await judge?.(cluster, { live, inputs: {}, before: undefined }))?.ready;
}

test("`pulumi.com/waitFor` takes conditions, paths, and several of them", async () => {
  const live = { items: [{ port: 80 }], status: { phase: "Up", conditions: [condition("Ready", "True")] } };
  expect(await isMet("condition=Ready", live)).toBe(true);
  expect(await isMet("condition=Ready=False", live)).toBe(false);
  expect(await isMet("jsonpath={.status.phase}", live)).toBe(true);
  expect(await isMet("jsonpath={.status.phase}=Down", live)).toBe(false);
  expect(await isMet("jsonpath={ $.items[0].port }=80", live)).toBe(true);
  expect(await isMet('["condition=Ready", "jsonpath={.status.gone}"]', live)).toBe(false);
  const stale = { ...live, metadata: { generation: 2 }, status: { ...live.status, observedGeneration: 1 } };
  expect(await isMet("condition=Ready", stale)).toBe(false);
});

test("an expression in another form is refused", () => {
  const waitFor = (text: string) => () => waitForOf({ metadata: { annotations: { "pulumi.com/waitFor": text } } });
  expect(waitFor("Ready")).toThrow('expected a "jsonpath=" or "condition=" prefix, got "Ready"');
  expect(waitFor("jsonpath={..name}")).toThrow("does not know the form of `jsonpath={..name}`");
  expect(waitFor("[]")).toThrow("at least one condition must be specified");
});

test("the resource's own time-out comes before its annotation, and that before the kind's", () => {
  const inputs = { metadata: { annotations: { "pulumi.com/timeoutSeconds": "30" } } };
  expect([timeLimit(5, inputs, "Job"), timeLimit(0, inputs, "Job"), timeLimit(0, {}, "Job")]).toEqual([5, 30, 600]);
  expect(timeLimit(0, {}, "PersistentVolumeClaim")).toBe(300);
});
