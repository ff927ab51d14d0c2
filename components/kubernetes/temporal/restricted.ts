import { podSecurityContext } from "../pod-security.ts";

/**
 * A pod that Pod Security admits at `restricted`, without a token of the API server.
 *
 * @param pullSecrets Names of the Secrets that pull its images.
 * @param user Who it runs as. @default 1000, as the server's images
 */
export function restrictedPod(pullSecrets: readonly string[], user = podSecurityContext.runAsUser) {
  return {
    // The API server drops an empty list, which would then look like a change by hand.
    ...(pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    automountServiceAccountToken: false,
    // Otherwise a Service named `temporal-ui` sets `TEMPORAL_UI_PORT` in every pod, which the UI takes for its own.
    enableServiceLinks: false,
    securityContext: { ...podSecurityContext, runAsUser: user, runAsGroup: user, fsGroup: user },
  };
}

/** The volume of a container's `/tmp`. */
export const temporaryFolder = {
  volume: { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
  mount: { name: "tmp", mountPath: "/tmp" },
};
