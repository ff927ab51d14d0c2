import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { messageOf, UserError } from "../errors.ts";
import { didYouMean, quoted } from "../registry/wording.ts";

/** Which cluster is meant. */
export interface KubeTarget {
  /** A context of the kubeconfig. @default its current one */
  readonly context?: string | undefined;
}

/**
 * The kubeconfig of this machine (`KUBECONFIG`, `~/.kube/config`, or a pod's own account), set to a context.
 *
 * @throws UserError when it cannot be read or has no such context.
 */
export async function loadKubeConfig({ context }: KubeTarget = {}): Promise<KubeConfig> {
  // A third of a second: only those wait for it who need it.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (thrown) {
    throw new UserError(`The kubeconfig cannot be read: ${messageOf(thrown)}. Correct it, or set \`KUBECONFIG\`.`);
  }
  // Without a kubeconfig the client makes up a server on this machine that nobody started.
  const names = config.getContexts().flatMap(({ name }) => (name === "loaded-context" ? [] : name));
  if (context === undefined) {
    if (names.includes(config.getCurrentContext()) && config.getCurrentCluster() !== null) return config;
    throw new UserError(
      "This machine has no kubeconfig with a current context. Set `KUBECONFIG`, or run `kubectl config use-context`.",
    );
  }
  if (!names.includes(context)) {
    const choice = names.length === 0 ? "It has none; set `KUBECONFIG`." : `Choose from ${quoted(names)}.`;
    throw new UserError(
      `The kubeconfig of this machine has no context \`${context}\`. ${didYouMean(context, names, choice)}`,
    );
  }
  config.setCurrentContext(context);
  return config;
}

/** A kind of object of the API. */
export interface ObjectKind {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** None for what belongs to the whole cluster. */
  readonly namespace?: string | undefined;
}

/** Lists the objects of a kind, those alone whose labels a selector takes. */
export type ListObjects = (kind: ObjectKind, selector?: string) => Promise<readonly KubernetesObject[]>;

/** The way to list objects of any kind, whose errors are those of the client (`explainApiError`, `isUnknownKind`). */
export async function objectLister(config: KubeConfig): Promise<ListObjects> {
  const { KubernetesObjectApi } = await import("@kubernetes/client-node");
  const client = KubernetesObjectApi.makeApiClient(config);
  const unused = [undefined, undefined, undefined, undefined] as const;
  return async ({ apiVersion, kind, namespace }, selector) =>
    (await client.list(apiVersion, kind, namespace, ...unused, selector)).items;
}

/** What a user is told when the API does not do what it was asked: `refused` where the cluster answered, else that it cannot be reached. */
export async function explainApiError(
  thrown: unknown,
  config: KubeConfig,
  refused: (status: number) => string,
): Promise<UserError> {
  const { ApiException } = await import("@kubernetes/client-node");
  if (thrown instanceof ApiException) return new UserError(refused(thrown.code));
  return new UserError(
    `The Kubernetes API at ${config.getCurrentCluster()?.server} cannot be reached: ${messageOf(thrown)}. ` +
      "Is the cluster up, and is this the right context?",
  );
}
