import { z } from "zod";
import {
  labelKeyPattern,
  labelValuePattern,
  namespaceNamePattern,
  objectNamePattern,
} from "../../registry/kubernetes-patterns.ts";
import {
  checkedText,
  choice,
  cpu,
  duration,
  flag,
  list,
  memory,
  section,
  table,
  text,
  whole,
} from "../../registry/values.ts";

// The sections of a stack's settings that say how workers run on Kubernetes. Structured ones arrive parsed.

const dnsLabel = () => text(namespaceNamePattern, "Write at most 63 lower-case letters, digits and dashes.");
const objectNameText = () => text(objectNamePattern, "Write the name of an object of Kubernetes.");
const labelKey = () => text(labelKeyPattern, 'Write the key of a label, such as "cloud.google.com/gke-accelerator".');
const labelValue = () => text(labelValuePattern, 'Write the value of a label, such as "nvidia-l4".');
const words = () => checkedText((written) => written.trim() !== "", "Write a text.");

const placed = section({
  /** The Kubernetes namespace. @default the key */
  name: dnsLabel().optional(),
  /** Whether the stack makes it. @default true; false where `name` is given, which then has to be there */
  create: flag().optional(),
});

const quota = section({
  /** Most CPU that the pods of one Kubernetes namespace may ask for together. @default no limit */
  cpu: cpu().optional(),
  /** Most memory that they may ask for together. @default no limit */
  memory: memory().optional(),
  /** Most GPUs of each type that they may ask for together. @default no limit */
  gpu: whole(0, 100_000).optional(),
  /** Most pods. @default no limit */
  pods: whole(1, 100_000).optional(),
});

const limitRange = section({
  /** Most CPU of one container; Kubernetes then caps every container at it. @default no limit */
  cpu: cpu().optional(),
  /** Most memory of one container. @default no limit */
  memory: memory().optional(),
});

/** The section `kubernetes`. */
export const kubernetesSettings = section({
  /** The context of the kubeconfig. @default the current one */
  context: words().optional(),
  /** Kubernetes namespaces by the key of their Temporal namespace. @default one each, of the same name, made by the stack */
  namespaces: table(
    z.string(),
    placed,
    'Write an object of keys of `namespaces`, such as `{ speech: { name: "team-speech" } }`.',
  ).prefault({}),
  /** A ResourceQuota in each Kubernetes namespace that the stack makes. @default none */
  quota: quota.optional(),
  /** A LimitRange in each Kubernetes namespace that the stack makes. @default none */
  limitRange: limitRange.optional(),
  /** The StorageClass of the volumes for `state`. @default the cluster's own */
  storageClass: objectNameText().optional(),
  /** Most that a worker may write to HOME, and to /tmp: an emptyDir each. @default "10Gi" */
  scratch: memory().prefault("10Gi"),
  /** How long a pod may wait for a node and its image, beside `timeouts.startup`. @default "5m" */
  podStart: duration("1s").prefault("5m"),
});

/** How workers run on Kubernetes. `scratch` in bytes, `podStart` in milliseconds. */
export type KubernetesSettings = z.output<typeof kubernetesSettings>;

/** The setting `autoscaler`: who owns the number of workers. `none` runs `scaling.min` of them, at least one. @default "keda" */
export const autoscalerSetting = choice(["keda", "none"]).prefault("keda");

export type Autoscaler = z.output<typeof autoscalerSetting>;

/** The section `keda`. */
export const kedaSettings = section({
  /** The Kubernetes namespace that KEDA runs in. @default "keda" */
  namespace: dnsLabel().prefault("keda"),
  /** Has the stack install KEDA, from its Helm chart. @default none: the cluster has it, from 2.20 on */
  install: section({
    /** Version of the chart, such as "2.20.2". */
    version: text(/^\d+\.\d+\.\d+$/, 'Write a version of the chart, such as "2.20.2".'),
  }).optional(),
});

/** Where KEDA is. */
export type KedaSettings = z.output<typeof kedaSettings>;

const toleration = section({
  /** The taint's key. @default every key, with `operator: "Exists"` */
  key: labelKey().optional(),
  operator: choice(["Equal", "Exists"]).prefault("Equal"),
  /** The taint's value. @default none */
  value: labelValue().optional(),
  /** @default every effect */
  effect: choice(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});

const gpuType = section({
  /** The resource that a worker asks for. @default "nvidia.com/gpu" */
  resource: labelKey().prefault("nvidia.com/gpu"),
  /** Labels of the nodes that have it. @default {} */
  nodeSelector: table(labelKey(), labelValue(), "Write an object of labels and their values.").prefault({}),
  /** Taints of those nodes that workers tolerate. @default [] */
  tolerations: list(toleration, "Write a list of tolerations.").prefault([]),
  /** The RuntimeClass of their pods. @default none */
  runtimeClassName: objectNameText().optional(),
  /** The algorithms that get this type. @default [] */
  algorithms: list(z.string(), "Write a list of names of algorithms.").prefault([]),
});

/** The section `gpuTypes`: types by name. Algorithms that none of them names get `default`, or the only one there is. */
export const gpuTypesSettings = table(
  z.string(),
  gpuType,
  "Write an object of types of GPUs, such as `{ default: {} }`.",
).prefault({});

export type GpuTypes = z.output<typeof gpuTypesSettings>;
export type GpuType = GpuTypes[string];

/** The setting `images.pullSecrets`: Secrets of type `kubernetes.io/dockerconfigjson` in the workers' namespaces. @default [] */
export const pullSecretsSetting = list(objectNameText(), "Write a list of names of Secrets.").prefault([]);
