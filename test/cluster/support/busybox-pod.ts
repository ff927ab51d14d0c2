import { baseImage } from "../node/base-image.ts";
import type { Manifest } from "./objects.ts";
import { restricted } from "./workloads.ts";

/** What a pod has beside the script that it runs. */
export interface BusyboxPod {
  /** The user's number. @default 1000 */
  readonly user?: number;
  /** Fields of its one container. */
  readonly container?: object;
  /** What is mounted at `/tmp`. @default an empty folder */
  readonly volume?: object;
}

/** A pod that runs a shell script on a real node, once; it is restricted unless it runs as root. */
export function busyboxPod(name: string, namespace: string, script: string, settings: BusyboxPod = {}): Manifest {
  const { user = 1000, container, volume = { emptyDir: {} } } = settings;
  const main = {
    name: "main",
    image: baseImage,
    command: ["sh", "-c", script],
    securityContext: { ...restricted, runAsNonRoot: user !== 0, runAsUser: user },
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    ...container,
  };
  const volumes = [{ name: "tmp", ...volume }];
  const spec = { restartPolicy: "Never", terminationGracePeriodSeconds: 1, containers: [main], volumes };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels: { app: name } }, spec };
}
