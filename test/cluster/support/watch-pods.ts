import { KubeConfig, type V1Pod, Watch } from "@kubernetes/client-node";
import { isPodReady } from "./workloads.ts";

/** What was seen of a pod, each by when it was seen first: milliseconds since 1970. */
export interface PodTimes {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The commit of an algorithm's pod. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly created: number;
  /** Its container runs. */
  started?: number;
  ready?: number;
  /** It was told to stop. */
  stopping?: number;
  /** All that it was to do is done. */
  succeeded?: number;
}

/** A look at the pods of a Kubernetes namespace that goes on. */
export interface PodWatch {
  /** Those that were seen, oldest first. */
  readonly pods: () => readonly PodTimes[];
  readonly close: () => void;
}

/** Watches the pods of a namespace from now on. */
export async function watchPods(kubeconfig: string, namespace: string): Promise<PodWatch> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const seen = new Map<string, PodTimes>();
  let closed = false;
  const look = (_change: string, pod: V1Pod) => {
    const { uid = "", name = "", labels = {}, annotations = {} } = pod.metadata ?? {};
    const now = Date.now();
    const times = seen.get(uid) ?? { name, labels, annotations, created: now };
    seen.set(uid, times);
    if (pod.status?.containerStatuses?.some(({ state }) => state?.running)) times.started ??= now;
    if (isPodReady(pod)) times.ready ??= now;
    if (pod.metadata?.deletionTimestamp) times.stopping ??= now;
    if (pod.status?.phase === "Succeeded") times.succeeded ??= now;
  };
  const watch = new Watch(config);
  const controller = await watch.watch(`/api/v1/namespaces/${namespace}/pods`, {}, look, (error) => {
    if (!closed) console.error(`The look at the pods of \`${namespace}\` has ended.`, error);
  });
  const close = () => {
    closed = true;
    controller.abort();
  };
  return { pods: () => [...seen.values()], close };
}
