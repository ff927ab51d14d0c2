import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Algorithm } from "../../registry/resolve.ts";
import { AlgorithmGate } from "./algorithm-gate.ts";
import { AlgorithmIdentity } from "./algorithm-identity.ts";
import { AlgorithmWorker, metricsServiceName } from "./algorithm-worker.ts";
import type { ObjectReference } from "./ownership.ts";
import { temporalCredentials, WorkerAutoscaler } from "./worker-autoscaler.ts";
import { partMeta } from "./worker-pod.ts";
import type { Deployed, WorkerSite } from "./worker-site.ts";
import { stateName, workloadKind } from "./worker-volumes.ts";

/** What an algorithm's parts on Kubernetes are made of. */
export interface KubernetesWorkerArgs {
  /** The registry entry. */
  readonly entry: Algorithm;
  readonly site: WorkerSite;
  /** What is to be deployed: outputs of the release and the image. */
  readonly deployed: { readonly [Key in keyof Deployed]: pulumi.Input<Deployed[Key]> };
  /** The file of a mock, which runs in an image of ours as it is. @default none */
  readonly mock?: { readonly file: pulumi.Input<string>; readonly text: pulumi.Input<string> } | undefined;
  /** What has to be there before: the namespaces of both kinds, Temporal, KEDA. @default nothing */
  readonly after?: readonly pulumi.Resource[] | undefined;
}

/** Makes the parts that run an algorithm, as children of `parent`: gate, then for each lane workers and autoscaler. */
export function kubernetesWorker(name: string, args: KubernetesWorkerArgs, parent: pulumi.Resource): void {
  const { entry, site, after = [] } = args;
  const deployed = pulumi.output(args.deployed);
  const identity = new AlgorithmIdentity(name, { entry, site }, { parent, dependsOn: [...after] });
  const files = args.mock === undefined ? [] : [mockFile(name, { entry, site, mock: args.mock, after }, parent)];
  const mock = args.mock === undefined ? undefined : mockName(entry);
  const gate = new AlgorithmGate(name, { entry, site, deployed, mock }, { parent, dependsOn: [identity, ...files] });
  for (const lane of entry.lanes) {
    const { objectName } = lane;
    const worker = new AlgorithmWorker(
      objectName,
      { entry, lane, site, deployed, mock },
      { parent, dependsOn: [gate] },
    );
    if (site.autoscaler === "none") continue;
    new WorkerAutoscaler(objectName, { entry, lane, site, deployed }, { parent, dependsOn: [worker] });
  }
}

/** Every object of an algorithm whose name is known before the run; the gate's Job is named by the version. */
export function workerObjects({ entry, site }: Pick<KubernetesWorkerArgs, "entry" | "site">): ObjectReference[] {
  const { namespace } = site;
  const { cidrs, internet } = entry.egress;
  const core = (kind: string, name: string) => ({ apiVersion: "v1", kind, namespace, name });
  const keda = (kind: string, name: string) => ({ apiVersion: "keda.sh/v1alpha1", kind, namespace, name });
  const egress = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace, name: `${entry.name}-egress` };
  const authenticated = temporalCredentials(site.temporal).length > 0;
  return [
    core("ServiceAccount", entry.name),
    ...(internet || cidrs.length > 0 ? [egress] : []),
    ...(entry.source.kind === "mock" ? [core("ConfigMap", mockName(entry))] : []),
    ...entry.lanes.flatMap((lane) => [
      { apiVersion: "apps/v1", kind: workloadKind(entry), namespace, name: lane.objectName },
      ...(workloadKind(entry) === "StatefulSet" ? [core("PersistentVolumeClaim", stateName(lane))] : []),
      core("Service", metricsServiceName(lane)),
      ...(site.autoscaler === "none" ? [] : [keda("ScaledObject", lane.objectName)]),
      ...(site.autoscaler === "none" || !authenticated ? [] : [keda("TriggerAuthentication", lane.objectName)]),
    ]),
  ];
}

function mockName({ name }: Pick<Algorithm, "name">): string {
  return `${name}-mock`;
}

type MockArgs = Pick<KubernetesWorkerArgs, "entry" | "site"> &
  Required<Pick<KubernetesWorkerArgs, "after">> & { readonly mock: NonNullable<KubernetesWorkerArgs["mock"]> };

function mockFile(
  name: string,
  { entry, site, mock, after }: MockArgs,
  parent: pulumi.Resource,
): k8s.core.v1.ConfigMap {
  const data = pulumi.output(mock).apply(({ file, text }) => ({ [file]: text }));
  const metadata = partMeta({ component: "mock", name: mockName(entry), entry, site });
  return new k8s.core.v1.ConfigMap(`${name}-mock`, { metadata, data }, { parent, dependsOn: [...(after ?? [])] });
}
