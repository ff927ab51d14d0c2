import type { z } from "zod";
import type { kubernetesStackSettings } from "../components/kubernetes/stack-settings.ts";
import type { localSettings } from "../components/local/stack-settings.ts";

/** What `Pulumi.<stack>.yaml` may set on the platform `local`, each as `conduit:<name>`. */
export type LocalSettingsInput = z.input<typeof localSettings>;

/** What `Pulumi.<stack>.yaml` may set on the platform `kubernetes`, each as `conduit:<name>`. */
export type KubernetesSettingsInput = z.input<typeof kubernetesStackSettings>;
