import type { V1Deployment, V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, test } from "vitest";
import { run } from "../../tools/run.ts";
import type { Cluster } from "./cluster.ts";
import { baseImage } from "./node/base-image.ts";
import { installKeda } from "./node/keda.ts";
import { kedaFiles } from "./node/keda-programs.ts";
import { kubectlPath } from "./programs.ts";
import { startCluster } from "./start-cluster.ts";
import { busyboxPod } from "./support/busybox-pod.ts";
import { Objects } from "./support/objects.ts";
import { deployment, isPodReady, restricted, service } from "./support/workloads.ts";

let cluster: Cluster;
let objects: Objects;

beforeAll(async () => {
  const onProgress = (line: string) => console.log(line);
  const keda = await kedaFiles(onProgress);
  cluster = await startCluster({ node: true, onProgress });
  const started = Date.now();
  await installKeda(cluster, keda);
  console.log(`KEDA was ready after ${((Date.now() - started) / 1000).toFixed(1)} s.`);
  objects = new Objects(cluster.kubeconfig);
});

afterAll(() => cluster?.stop());

test("KEDA scales a Deployment from none to as many as a number asks for, and to none again", async () => {
  const readinessProbe = { httpGet: { port: 8080, path: "/n" }, periodSeconds: 1 };
  const number = busyboxPod("number", "default", "echo '{\"n\": 0}' > /tmp/n && exec httpd -f -p 8080 -h /tmp", {
    container: { readinessProbe },
  });
  await objects.create(number);
  await objects.create(service("number", "default"));
  await objects.wait<V1Pod>(number, isPodReady);
  await objects.apply(sleepers());
  await objects.apply(scaler());
  await untilReady(undefined);
  await setNumber(3);
  await untilReady(3);
  await setNumber(0);
  await untilReady(undefined);
});

/** A Deployment of pods that sleep, none at first. */
function sleepers() {
  const { spec, ...rest } = deployment("sleepers", baseImage);
  const container = { name: "main", image: baseImage, command: ["sleep", "infinity"] };
  const securityContext = { ...restricted, runAsUser: 1000 };
  const pod = { terminationGracePeriodSeconds: 0, containers: [{ ...container, securityContext }] };
  const { selector } = Object(spec);
  const template = { metadata: { labels: { app: "sleepers" } }, spec: pod };
  return { ...rest, spec: { replicas: 0, selector, template } };
}

/** Scales them by a number that a pod tells. */
function scaler() {
  const metadata = {
    url: "http://number.default.svc/n",
    valueLocation: "n",
    targetValue: "1",
    activationTargetValue: "0",
  };
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name: "sleepers", namespace: "default" },
    spec: {
      scaleTargetRef: { name: "sleepers" },
      pollingInterval: 1,
      cooldownPeriod: 1,
      maxReplicaCount: 5,
      triggers: [{ type: "metrics-api", metadata }],
    },
  };
}

async function setNumber(n: number): Promise<void> {
  const write = ["sh", "-c", `echo '{"n": ${n}}' > /tmp/n`];
  await run(await kubectlPath(), ["--kubeconfig", cluster.kubeconfig, "exec", "number", "--", ...write]);
}

async function untilReady(replicas: number | undefined): Promise<void> {
  await objects.wait<V1Deployment>(deployment("sleepers", ""), ({ status } = {}) => {
    const settled = status?.observedGeneration !== undefined && status.replicas === replicas;
    return settled && status.readyReplicas === replicas;
  });
}
