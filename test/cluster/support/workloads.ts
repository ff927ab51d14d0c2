import type { V1Pod } from "@kubernetes/client-node";
import type { Manifest } from "./objects.ts";

/** Settings that a pod must have to be let in at the level `restricted`. */
export const restricted = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A namespace that lets in restricted pods only. */
export function restrictedNamespace(name: string): Manifest {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** A Deployment of one restricted pod. */
export function deployment(name: string, image: string, labels: Record<string, string> = {}): Manifest {
  const all = { app: name, ...labels };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: all }, spec: podSpec(image) } },
  };
}

/** A Job of one restricted pod, which is not tried again. */
export function job(name: string, image: string): Manifest {
  const template = { spec: { ...podSpec(image), restartPolicy: "Never" } };
  const metadata = { name, namespace: "default" };
  return { apiVersion: "batch/v1", kind: "Job", metadata, spec: { backoffLimit: 0, template } };
}

/** A restricted pod. */
export function pod(name: string, namespace: string, security: object = restricted): Manifest {
  const spec = { containers: [{ name: "main", image: "registry.test/a:1", securityContext: security }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec };
}

/** Whether a pod is ready for requests. */
export function isPodReady(pod: V1Pod | undefined): boolean {
  return pod?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** A Service at port 80 before the pods of an app that listen at port 8080. */
export function service(app: string, namespace: string): Manifest {
  const spec = { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name: app, namespace }, spec };
}

function podSpec(image: string): object {
  return { containers: [{ name: "main", image, securityContext: restricted }] };
}
