/** Who our pods run as, and what their folders belong to. */
const user = 1000;

/** The labels of a namespace in which the cluster itself refuses a pod that is not `restricted`. */
export const restrictedLabels = Object.fromEntries(
  ["enforce", "warn", "audit"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
);

/** What Pod Security's `restricted` asks of a pod, and a user of its own. */
export const podSecurityContext = {
  runAsNonRoot: true,
  runAsUser: user,
  runAsGroup: user,
  fsGroup: user,
  // A large volume is not gone through at every start.
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};

/** The same of a container, and an image that stays as it was built. */
export const containerSecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
