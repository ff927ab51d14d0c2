import type { KubeConfig, V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import type { PortForward } from "../../../components/temporal-access.ts";
import { codeOf, UserError } from "../../../errors.ts";
import { eventually } from "../local/wait.ts";
import { explainClusterFailure } from "./cluster-failure.ts";

/** A pod that takes connections of a Service, and the port on which it does. */
export interface ReadyPod {
  readonly name: string;
  readonly port: number;
}

/**
 * Finds a pod behind a Service that is ready now.
 *
 * @param seconds How long to wait for one.
 * @throws UserError when the cluster refuses, the Service is not there, or no pod is ready
 */
export async function readyPod(config: KubeConfig, wanted: PortForward, seconds: number): Promise<ReadyPod> {
  const { CoreV1Api, DiscoveryV1Api } = await import("@kubernetes/client-node");
  const { namespace, service: name } = wanted;
  const service = await asked(
    config,
    wanted,
    config.makeApiClient(CoreV1Api).readNamespacedService({ namespace, name }),
  );
  const portName = portNameOf(service, wanted);
  const labelSelector = `kubernetes.io/service-name=${name}`;
  const slices = config.makeApiClient(DiscoveryV1Api);
  const found: ReadyPod[] = [];
  await eventually(
    async () => {
      const { items } = await asked(config, wanted, slices.listNamespacedEndpointSlice({ namespace, labelSelector }));
      found.push(...readyPods(items, portName));
      return found.length > 0;
    },
    { seconds, otherwise: () => noneReady(config, wanted, service) },
  );
  const [first] = found;
  if (!first) throw new Error("A wait that ended well has found a pod.");
  return first;
}

/** Exported for tests. */
export function readyPods(slices: readonly V1EndpointSlice[], portName: string | undefined): ReadyPod[] {
  return slices.flatMap(({ endpoints = [], ports = [] }) => {
    const port = ports.find(({ name }) => (name ?? "") === (portName ?? ""))?.port;
    if (port === undefined) return [];
    return endpoints.flatMap(({ conditions, targetRef }) =>
      conditions?.ready !== false && targetRef?.kind === "Pod" && targetRef.name !== undefined
        ? [{ name: targetRef.name, port }]
        : [],
    );
  });
}

/** A slice tells the port of the pods by the name that the Service gives it. */
function portNameOf({ spec }: V1Service, { namespace, service, port }: PortForward): string | undefined {
  const found = spec?.ports?.find((each) => each.port === port);
  if (found) return found.name;
  const ports = (spec?.ports ?? []).map((each) => each.port).join(", ");
  throw new UserError(
    `The Service \`${service}\` in the Kubernetes namespace \`${namespace}\` has no port ${port}. Choose from ${ports}.`,
  );
}

/** Which Deployment makes the pods, and where it says what keeps them. */
async function noneReady(config: KubeConfig, wanted: PortForward, { spec }: V1Service): Promise<UserError> {
  const { AppsV1Api } = await import("@kubernetes/client-node");
  const selector = Object.entries(spec?.selector ?? {});
  // Whoever may forward a port need not be allowed to look at Deployments.
  const deployments = await config
    .makeApiClient(AppsV1Api)
    .listNamespacedDeployment({ namespace: wanted.namespace })
    .then(
      ({ items }) => items,
      () => [],
    );
  const deployment = deployments.find(({ spec }) =>
    selector.every(([name, value]) => spec?.template.metadata?.labels?.[name] === value),
  )?.metadata?.name;
  const whose = deployment === undefined ? "" : `, of the Deployment \`${deployment}\`,`;
  const pods =
    deployment === undefined
      ? `--selector ${selector.map(([name, value]) => `${name}=${value}`).join(",")}`
      : `deployment/${deployment}`;
  return new UserError(
    `No pod behind the Service \`${wanted.service}\`${whose} in the Kubernetes namespace \`${wanted.namespace}\` is ready. ` +
      `See why: \`kubectl --context ${config.getCurrentContext()} --namespace ${wanted.namespace} logs ${pods} --all-containers\`.`,
  );
}

async function asked<T>(config: KubeConfig, wanted: PortForward, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    if (codeOf(thrown) === "404") {
      throw new UserError(
        `The cluster of the context \`${config.getCurrentContext()}\` has no Service \`${wanted.service}\` in the Kubernetes ` +
          `namespace \`${wanted.namespace}\`. Correct the name or the context, or let \`up\` make it.`,
      );
    }
    throw explainClusterFailure(thrown, config);
  }
}
