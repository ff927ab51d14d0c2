import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { objectMeta } from "./metadata.ts";
import type { ObjectReference } from "./ownership.ts";
import type { KubernetesStackSettings } from "./stack-settings.ts";

export interface KedaArgs {
  /** The stack that owns it, `<project>/<stack>`. */
  readonly stack: string;
  readonly namespace: string;
  /** Version of the chart. */
  readonly version: string;
}

/** Where KEDA publishes its chart. */
const repository = "https://kedacore.github.io/charts";

/**
 * KEDA, installed from its Helm chart, in a namespace of its own. A cluster has one: the stack that installs it serves all.
 *
 * @example new Keda("keda", { stack, namespace: "keda", version: "2.20.2" })
 */
export class Keda extends pulumi.ComponentResource {
  readonly release: k8s.helm.v3.Release;

  constructor(name: string, { stack, namespace, version }: KedaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:kubernetes:Keda", name, {}, opts);
    const metadata = objectMeta({ stack, name: namespace, component: "keda" });
    const made = new k8s.core.v1.Namespace(`${name}-namespace`, { metadata }, { parent: this });
    this.release = new k8s.helm.v3.Release(
      name,
      { name: "keda", chart: "keda", namespace, version, repositoryOpts: { repo: repository }, atomic: true },
      { parent: this, dependsOn: [made] },
    );
    this.registerOutputs({ release: this.release });
  }
}

/** What of a stack's settings is about KEDA. */
type Settings = Pick<KubernetesStackSettings, "autoscaler" | "keda">;

/** Installs KEDA where the stack's settings ask for it; otherwise the cluster has it, and undefined is returned. */
export function installKeda(
  settings: Settings,
  stack: string,
  opts?: pulumi.ComponentResourceOptions,
): Keda | undefined {
  const version = installedVersion(settings);
  return version === undefined
    ? undefined
    : new Keda("keda", { stack, namespace: settings.keda.namespace, version }, opts);
}

/** The objects of KEDA that must not be anyone else's; none where the stack does not install it. */
export function kedaObjects(settings: Settings): ObjectReference[] {
  if (installedVersion(settings) === undefined) return [];
  return [{ apiVersion: "v1", kind: "Namespace", name: settings.keda.namespace }];
}

/** The API groups that come with KEDA, and that the cluster does not know before; none where the stack does not install it. */
export function kedaGroups(settings: Settings): string[] {
  return installedVersion(settings) === undefined ? [] : ["keda.sh"];
}

function installedVersion({ autoscaler, keda }: Settings): string | undefined {
  return autoscaler === "keda" ? keda.install?.version : undefined;
}
