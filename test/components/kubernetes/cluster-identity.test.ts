import { expect, test } from "vitest";
import {
  otherClusterProblem,
  previousCluster,
  unknownCluster,
} from "../../../components/kubernetes/cluster-identity.ts";

test("a stack stays on the cluster that it is on, and the first run chooses it", () => {
  expect(otherClusterProblem("c-1", "c-1", undefined)).toBeUndefined();
  expect(otherClusterProblem(undefined, "c-1", undefined)).toBeUndefined();
});

test("a cluster that does not tell who it is is taken as the same", () => {
  expect(otherClusterProblem("c-1", undefined, undefined)).toBeUndefined();
  expect(otherClusterProblem(unknownCluster, "c-1", undefined)).toBeUndefined();
});

test("a kubeconfig that leads to another cluster is refused with the way out", () => {
  expect(otherClusterProblem("c-1", "c-2", undefined)).toBe(
    "What this stack made is on the cluster `c-1` (the uid of its namespace `kube-system`), and this one is `c-2`. " +
      "The kubeconfig's current context is another: choose it with `kubectl config use-context`, and name it in " +
      "`conduit:kubernetes.context`, so that nobody deploys to the wrong one. To move it, take it down there first.",
  );
  expect(otherClusterProblem("c-1", "c-2", "prod")).toContain(
    "The context `prod` of `conduit:kubernetes.context` leads to another: correct it, or the kubeconfig.",
  );
});

test("the last run's cluster is in the provider's state", () => {
  const resources = [
    { type: "pulumi:providers:kubernetes", name: "kubernetes", outputs: { clusterIdentifier: "c-1" } },
  ];
  expect(previousCluster({ ofType: () => resources })).toBe("c-1");
  expect(previousCluster({ ofType: () => [] })).toBeUndefined();
});
