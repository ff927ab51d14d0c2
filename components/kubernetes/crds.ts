import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ObjectMeta } from "./metadata.ts";

// Kinds that no package types: KEDA's and the Prometheus operator's. Only the fields that are used here.

/** A custom resource of a kind whose `spec` is known. */
interface Custom<Spec> {
  readonly metadata: pulumi.Input<ObjectMeta>;
  readonly spec: Spec;
}

/** What KEDA scales, between which bounds, and by what. */
export interface ScaledObjectSpec {
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  /** Seconds. */
  readonly pollingInterval: number;
  /** Seconds that every trigger must be inactive before the last pod goes. */
  readonly cooldownPeriod: number;
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly advanced: {
    readonly restoreToOriginalReplicaCount: boolean;
    readonly horizontalPodAutoscalerConfig: {
      readonly behavior: { readonly scaleDown: { readonly stabilizationWindowSeconds: number } };
    };
  };
  readonly triggers: readonly ScaleTrigger[];
}

/** One source of what is to be done. All values are texts, as KEDA wants them. */
export interface ScaleTrigger {
  readonly type: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, pulumi.Input<string>>>;
  readonly authenticationRef?: { readonly name: string };
}

/** KEDA's ScaledObject. */
export class ScaledObject extends k8s.apiextensions.CustomResource {
  constructor(name: string, { metadata, spec }: Custom<ScaledObjectSpec>, opts?: pulumi.CustomResourceOptions) {
    super(name, { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", metadata, spec }, opts);
  }
}

/** Where KEDA finds credentials: keys of Secrets beside it. */
export interface TriggerAuthenticationSpec {
  readonly secretTargetRef: readonly { readonly parameter: string; readonly name: string; readonly key: string }[];
}

/** KEDA's TriggerAuthentication. */
export class TriggerAuthentication extends k8s.apiextensions.CustomResource {
  constructor(
    name: string,
    { metadata, spec }: Custom<TriggerAuthenticationSpec>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(name, { apiVersion: "keda.sh/v1alpha1", kind: "TriggerAuthentication", metadata, spec }, opts);
  }
}

/** Which pods Prometheus reads, and how. */
export interface PodMonitorSpec {
  readonly selector: {
    readonly matchLabels: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly { readonly key: string; readonly operator: string }[];
  };
  readonly podMetricsEndpoints: readonly {
    /** The name of the pods' port. */
    readonly port: string;
    /** Whether a label that the pods themselves write wins over Prometheus' own. */
    readonly honorLabels: boolean;
    readonly relabelings?: readonly { readonly sourceLabels: readonly string[]; readonly targetLabel: string }[];
  }[];
}

/** The Prometheus operator's PodMonitor. */
export class PodMonitor extends k8s.apiextensions.CustomResource {
  constructor(name: string, { metadata, spec }: Custom<PodMonitorSpec>, opts?: pulumi.CustomResourceOptions) {
    super(name, { apiVersion: "monitoring.coreos.com/v1", kind: "PodMonitor", metadata, spec }, opts);
  }
}

/** An alert, or a series that is computed. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  /** PromQL. */
  readonly expr: string;
  /** How long it must be so, such as "15m". @default at once */
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Rules in groups. */
export interface PrometheusRuleSpec {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** The Prometheus operator's PrometheusRule. */
export class PrometheusRule extends k8s.apiextensions.CustomResource {
  constructor(name: string, { metadata, spec }: Custom<PrometheusRuleSpec>, opts?: pulumi.CustomResourceOptions) {
    super(name, { apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec }, opts);
  }
}
