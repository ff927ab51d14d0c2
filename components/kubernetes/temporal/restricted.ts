/** Who the server's images run as. */
const serverUser = 1000;

/** A pod that Pod Security admits at `restricted`, without a token of the API server. */
export function restrictedPod(user = serverUser) {
  return {
    automountServiceAccountToken: false,
    // Otherwise a Service named `temporal-ui` sets `TEMPORAL_UI_PORT` in every pod, which the UI takes for its own.
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

/** A container without rights, whose root it cannot write. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** The volume of a container's `/tmp`. */
export const temporaryFolder = {
  volume: { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
  mount: { name: "tmp", mountPath: "/tmp" },
};
