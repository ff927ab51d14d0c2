import type { Settings } from "../../registry/settings.ts";
import type { Autoscaler, GpuTypes, KubernetesSettings } from "./settings.ts";
import type { TemporalEndpoint } from "./temporal-endpoint.ts";

/** Where the workers of one Kubernetes namespace run: what the stack's settings say of it. Plain data. */
export interface WorkerSite extends Pick<KubernetesSettings, "scratch" | "podStart" | "storageClass"> {
  /** The stack that owns the objects, `<project>/<stack>`. */
  readonly stack: string;
  /** The Kubernetes namespace. */
  readonly namespace: string;
  /** How pods reach Temporal. */
  readonly temporal: TemporalEndpoint;
  readonly gpuTypes: GpuTypes;
  /** Secrets by which the kubelet pulls images. */
  readonly pullSecrets: readonly string[];
  readonly autoscaler: Autoscaler;
}

/** What is deployed, once it is known: outputs of the algorithm's release and image. */
export interface Deployed {
  readonly version: string;
  /** Provenance: it never changes without the version. */
  readonly commit: string;
  readonly settings: Settings;
  /** The image with its digest. */
  readonly image: string;
}

/** The worker's ports: numbers and names are part of the worker contract on Kubernetes. */
export const ports = { health: 8080, metrics: 9090 } as const;
