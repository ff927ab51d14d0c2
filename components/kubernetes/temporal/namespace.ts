import { objectMeta } from "../metadata.ts";
import { type Place, serverLabel } from "./part.ts";

/** The Kubernetes namespace of the server, in which Pod Security admits only what is `restricted`. */
export function serverNamespaceManifest({ stack, namespace }: Place) {
  const level = (mode: string) => ({ [`pod-security.kubernetes.io/${mode}`]: "restricted" });
  return {
    metadata: objectMeta({
      stack,
      name: namespace,
      component: "namespace",
      labels: { ...serverLabel, ...level("enforce"), ...level("warn"), ...level("audit") },
    }),
  };
}
