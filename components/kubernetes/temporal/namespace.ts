import { objectMeta } from "../metadata.ts";
import { restrictedLabels } from "../pod-security.ts";
import { type Place, serverLabel } from "./part.ts";

/** The Kubernetes namespace of the server, in which Pod Security admits only what is `restricted`. */
export function serverNamespaceManifest({ stack, namespace }: Place) {
  return {
    metadata: objectMeta({
      stack,
      name: namespace,
      component: "namespace",
      labels: { ...serverLabel, ...restrictedLabels },
    }),
  };
}
