import { expect, test } from "vitest";
import { clusterView } from "../../../cli/kubernetes/cluster-view.ts";
import { existingObjects } from "../../../components/kubernetes/existing-objects.ts";
import { kinds, kubernetesApi, listOf } from "../../support/kubernetes-api.ts";

const scaler = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", namespace: "speech", name: "ranker" };

test("a cluster on which KEDA was never installed is told apart from one that refuses", async () => {
  await kubernetesApi({});
  await expect(existingObjects([scaler], {})).rejects.toThrow(
    "does not know ScaledObject objects (keda.sh/v1alpha1). Install KEDA, have it installed with `conduit:keda`",
  );
});

test("what the run installs itself need not be known to the cluster before", async () => {
  await kubernetesApi({});
  expect(await existingObjects([scaler], {}, ["keda.sh"])).toEqual(new Map());
  await expect(existingObjects([scaler], {}, ["monitoring.coreos.com"])).rejects.toThrow("does not know ScaledObject");
});

test("workers are seen on a cluster without KEDA", async () => {
  const metadata = { name: "ranker", namespace: "speech" };
  await kubernetesApi({
    "/api/v1": kinds("v1", [["Pod", "pods"]]),
    "/apis/apps/v1": kinds("apps/v1", [
      ["Deployment", "deployments"],
      ["StatefulSet", "statefulsets"],
    ]),
    "/apis/batch/v1": kinds("batch/v1", [["Job", "jobs"]]),
    "/api/v1/namespaces/speech/pods": listOf("v1", "Pod"),
    "/apis/apps/v1/namespaces/speech/deployments": listOf("apps/v1", "Deployment", [{ metadata, spec: {} }]),
    "/apis/apps/v1/namespaces/speech/statefulsets": listOf("apps/v1", "StatefulSet"),
    "/apis/batch/v1/namespaces/speech/jobs": listOf("batch/v1", "Job"),
  });
  const { workloads, scaledObjects } = await clusterView({}, ["speech"]);
  expect(workloads.map((each) => each.metadata.name)).toEqual(["ranker"]);
  expect(scaledObjects).toEqual([]);
});
