import { selectorOf } from "./metadata.ts";

// The commands that show what an algorithm's pods said, for errors and for `./conduit`: nothing else is loaded for them.

/** Where pods are. */
export interface PodPlace {
  /** The Kubernetes namespace. */
  readonly namespace: string;
  /** The context of the kubeconfig. @default its current one */
  readonly context?: string | undefined;
}

/** Name of the gate's Job, at most 52 characters. */
export function gateName(algorithm: string, version: string): string {
  return `${algorithm}-${version}`;
}

/** The command that shows what a Job said. */
export function jobLogCommand({ name, ...place }: PodPlace & { readonly name: string }): string {
  return `${kubectlLogs(place)} job/${name}`;
}

/** The command that shows what an algorithm's workers say. */
export function workerLogCommand({ objectName, ...place }: PodPlace & { readonly objectName: string }): string {
  const labels = Object.entries(selectorOf({ name: objectName, component: "worker" })).map((pair) => pair.join("="));
  return `${kubectlLogs(place)} --selector ${labels.join(",")} --tail 100`;
}

function kubectlLogs({ namespace, context }: PodPlace): string {
  const which = context === undefined ? "" : ` --context ${context}`;
  return `kubectl logs${which} --namespace ${namespace}`;
}
