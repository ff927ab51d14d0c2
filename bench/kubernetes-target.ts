import type { Deployed } from "../cli/json/deploy.ts";
import { commitAnnotation } from "../components/kubernetes/metadata.ts";
import { eventually } from "../providers/conduit/local/wait.ts";
import { Objects } from "../test/cluster/support/objects.ts";
import { openTemporal } from "../test/cluster/support/open-temporal.ts";
import { openRealStack, type RealStack } from "../test/cluster/support/real-stack.ts";
import { type PodTimes, type PodWatch, watchPods } from "../test/cluster/support/watch-pods.ts";
import { algorithm, type DeployTarget, namespace, type Stages } from "./deploy-target.ts";

/** A stack `dev` on a real node, with its algorithm live. */
export async function kubernetesTarget(files: Readonly<Record<string, string>>): Promise<DeployTarget> {
  const stack = await openRealStack({ algorithms: { [algorithm]: { files } } });
  const closing: (() => unknown)[] = [stack.close];
  const close = async () => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    const repository = stack.repositories[algorithm];
    if (repository === undefined) throw new Error("The stack has no repository.");
    await stack.conduit("up");
    const watch = await watchPods(stack.cluster.kubeconfig, namespace);
    closing.push(watch.close);
    const temporal = await openTemporal(stack.project, "dev");
    closing.push(temporal.close);
    const deploy = async (answered: Promise<number>) => {
      const before = (await stack.registry.requests()).length;
      const [report]: Deployed[] = JSON.parse(await stack.conduit("deploy", algorithm, "--json")).deployed;
      if (report === undefined) throw new Error("Nothing was deployed.");
      return await stagesOf({ stack, watch, report, before, answered: await answered });
    };
    return { repository, address: temporal.address, up: () => stack.conduit("up"), deploy, close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

interface DeployFacts {
  readonly stack: RealStack;
  readonly watch: PodWatch;
  readonly report: Deployed;
  /** How many requests the registry had answered before. */
  readonly before: number;
  readonly answered: number;
}

/** What `deploy` tells, parted further by what registry and cluster know. */
async function stagesOf({ stack, watch, report, before, answered }: DeployFacts): Promise<Stages> {
  const { resolve, build, gate: trial = 0 } = report.stages;
  const push = await pushOf(stack, before);
  const isOf = (component: string) => (pod: PodTimes) => pod.labels["app.kubernetes.io/component"] === component;
  const isNew = ({ annotations }: PodTimes) => annotations[commitAnnotation] === report.commit;
  const workers = watch.pods().filter(isOf("worker"));
  const index = workers.findIndex(isNew);
  const [gate, worker, old] = [watch.pods().filter(isOf("gate")).find(isNew), workers[index], workers[index - 1]];
  if (!gate || !worker || !old) throw new Error(`Not all pods of ${report.commit} were seen.`);
  await eventually(async () => old.stopping !== undefined, { seconds: 60 });
  return {
    resolve,
    build: build - push,
    push,
    "gate, with the pull": trial,
    pull: await pullOf(stack, gate),
    apply: worker.created - (gate.created + trial),
    start: answered - worker.created,
    switch: Math.max(0, (old.stopping ?? 0) - answered),
  };
}

/** From the builder's first request for the algorithm's image to its last. */
async function pushOf({ registry }: RealStack, before: number): Promise<number> {
  const requests = (await registry.requests()).slice(before);
  const pushing = requests.filter(
    ({ agent, path }) => !agent.startsWith("containerd/") && path.startsWith(`/v2/algorithms/${algorithm}/`),
  );
  const first = Math.min(...pushing.map(({ at, milliseconds }) => at - milliseconds));
  return Math.max(...pushing.map(({ at }) => at)) - first;
}

interface ClusterEvent {
  readonly involvedObject: { readonly name: string };
  readonly reason: string;
  readonly message: string;
}

/** How long the node pulled for a pod, as it says itself. */
async function pullOf({ cluster }: RealStack, { name }: PodTimes): Promise<number> {
  const objects = new Objects(cluster.kubeconfig);
  const events = await objects.list<ClusterEvent>({ apiVersion: "v1", kind: "Event" }, { namespace });
  const pulled = events.find(({ involvedObject, reason }) => involvedObject.name === name && reason === "Pulled");
  const [, minutes = "0", number = "0", unit = "s"] =
    /pulled image .* in (?:(\d+)m)?([\d.]+)(ms|s) /.exec(pulled?.message ?? "") ?? [];
  return Number(minutes) * 60_000 + Number(number) * (unit === "s" ? 1000 : 1);
}
