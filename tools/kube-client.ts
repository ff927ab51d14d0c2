import type { KubeConfig } from "@kubernetes/client-node";
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
