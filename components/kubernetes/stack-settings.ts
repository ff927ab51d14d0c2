import type { z } from "zod";
import { section } from "../../registry/values.ts";
import { imagesSettings } from "./image-settings.ts";
import { monitoringSettings } from "./monitoring-settings.ts";
import { autoscalerSetting, gpuTypesSettings, kedaSettings, kubernetesSettings } from "./settings.ts";
import { temporalSettingsSchema } from "./temporal/settings.ts";

/** What a stack on the platform `kubernetes` may set. */
export const kubernetesStackSettings = section({
  /** The cluster, and what is made of it. */
  kubernetes: kubernetesSettings.prefault({}),
  /** Which Temporal serves: `dev-server`, `cluster` or `external`. @default a dev server in one pod */
  temporal: temporalSettingsSchema.prefault({ mode: "dev-server" }),
  /** How images are built of algorithms' repositories, and where they go. */
  images: imagesSettings.prefault({}),
  /** Who owns the number of workers. `none` runs `scaling.min` of them, at least one. @default "keda" */
  autoscaler: autoscalerSetting,
  /** Where KEDA is. */
  keda: kedaSettings.prefault({}),
  /** What is made for a Prometheus operator and a Grafana that the cluster has. */
  monitoring: monitoringSettings.prefault({}),
  /** Types of GPUs, by name. @default {} */
  gpuTypes: gpuTypesSettings,
});

/** The settings of a stack on Kubernetes, every default filled in: memory in bytes, CPU in millicores, durations in milliseconds. */
export type KubernetesStackSettings = z.output<typeof kubernetesStackSettings>;
