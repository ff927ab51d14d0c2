import { expect, test } from "vitest";
import { AlgorithmWorker, stateVolumeClaim } from "../../../components/kubernetes/algorithm-worker.ts";
import { deploy } from "../../support/mocks.ts";
import { deployedOf, entryOf, laneOf, siteOf, yaml } from "./support.ts";

test("a worker that keeps a volume is a StatefulSet, and the volume outlives it", async () => {
  const entry = entryOf({ state: { size: "5Gi", mountPath: "/data" } });
  const args = { entry, lane: laneOf(entry), site: siteOf({ storageClass: "fast" }) };
  expect(`\n${yaml(stateVolumeClaim(args))}`).toMatchInlineSnapshot(`
    "
    metadata:
      name: transcribe-state
      namespace: speech
      labels:
        app.kubernetes.io/managed-by: algorithm-conduit
        app.kubernetes.io/name: transcribe-state
        app.kubernetes.io/component: worker
        algorithm-conduit/algorithm: transcribe
        app.kubernetes.io/instance: transcribe
      annotations:
        algorithm-conduit/stack: algorithms/prod
        algorithm-conduit/owner: asr
    spec:
      accessModes:
        - ReadWriteOnce
      resources:
        requests:
          storage: 5Gi
      storageClassName: fast
    "
  `);
  const resources = await deploy(
    () => new AlgorithmWorker("transcribe", { ...args, deployed: deployedOf(args.entry) }),
  );
  expect(resources.filter(({ retained }) => retained).map(({ name }) => name)).toEqual(["transcribe-state"]);
  const stateful = resources.find(({ type }) => type === "kubernetes:apps/v1:StatefulSet");
  expect(stateful?.dependsOn).toEqual([expect.stringMatching(/PersistentVolumeClaim::transcribe-state$/)]);
  expect(stateful?.inputs.spec).toMatchObject({
    serviceName: "transcribe-metrics",
    podManagementPolicy: "Parallel",
    template: { spec: { volumes: [{}, {}, {}, { persistentVolumeClaim: { claimName: "transcribe-state" } }] } },
  });
});
