import type { KubeConfig } from "@kubernetes/client-node";
import { messageOf, UserError } from "../../../errors.ts";
import { didYouMean, quoted } from "../../../registry/wording.ts";

/**
 * The kubeconfig as kubectl finds it, with a context chosen. The client is loaded only now: that takes longer than most
 * runs, which need no cluster.
 *
 * @param context Its name. @default the current one
 * @throws UserError when there is no kubeconfig, or no such context in it
 */
export async function loadKubeconfig(context: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (thrown) {
    throw new UserError(`The kubeconfig cannot be read: ${messageOf(thrown)}. Correct it, or \`KUBECONFIG\`.`);
  }
  // Without any file the client makes a context up, for a server on this machine that nobody started.
  const names = config.getContexts().flatMap(({ name }) => (name === "loaded-context" ? [] : name));
  if (context !== undefined) {
    if (!names.includes(context)) {
      const choices = names.length > 0 ? `The contexts are ${quoted(names)}.` : "It has none.";
      throw new UserError(
        `The kubeconfig has no context \`${context}\`. ${didYouMean(context, names, choices)} \`KUBECONFIG\` says where it is.`,
      );
    }
    config.setCurrentContext(context);
  }
  if (config.getCurrentCluster() === null || !names.includes(config.getCurrentContext())) {
    throw new UserError(
      "There is no kubeconfig with a current context. Set `KUBECONFIG`, or choose one with `kubectl config use-context`.",
    );
  }
  return config;
}
