import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { messageOf, UserError } from "../../errors.ts";
import type { Settings } from "../../stacks/settings.ts";
import { type KubeTarget, loadKubeConfig, objectLister } from "../../tools/kube-client.ts";
import { isUnknownKind } from "../../tools/unknown-kind.ts";
import { check } from "../doctor/check.ts";
import type { Finding } from "../json/others.ts";
import type { StatusReport } from "../json/status.ts";
import { commandOn } from "../sentence.ts";
import { stackSettings } from "../stack-settings.ts";

/** What a stack on Kubernetes needs besides its algorithms: the cluster, KEDA, Temporal. */
export async function examineCluster(stack: Stack, report: StatusReport): Promise<Finding[]> {
  const settings = await stackSettings(stack);
  if (settings.platform !== "kubernetes") return [];
  const target = { context: settings.kubernetes.context };
  return [
    await check("cluster", () => examineApi(target)),
    await check("KEDA", () => examineKeda(settings, target)),
    await check("Temporal serves", () => examineTemporal(settings, report)),
  ];
}

type ClusterSettings = Extract<Settings, { platform: "kubernetes" }>;

async function examineApi(target: KubeTarget): Promise<string> {
  const config = await loadKubeConfig(target);
  const { VersionApi } = await import("@kubernetes/client-node");
  const server = config.getCurrentCluster()?.server ?? "";
  const { gitVersion } = await config
    .makeApiClient(VersionApi)
    .getCode()
    .catch((thrown: unknown) => {
      throw new UserError(`The API at ${server} cannot be reached: ${messageOf(thrown)}. Is this the right context?`);
    });
  return `Kubernetes ${gitVersion}, context \`${config.getCurrentContext()}\``;
}

async function examineKeda({ autoscaler, keda }: ClusterSettings, target: KubeTarget): Promise<string> {
  if (autoscaler === "none") return "not used: `conduit:autoscaler` is `none`";
  const list = await objectLister(await loadKubeConfig(target));
  const kind = { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", namespace: keda.namespace };
  await list(kind).catch((thrown: unknown) => {
    throw new UserError(
      isUnknownKind(thrown)
        ? "The cluster knows no ScaledObjects. Install KEDA 2.20 or later, have it installed with `conduit:keda`, or set " +
            "`conduit:autoscaler` to `none`."
        : `ScaledObjects cannot be listed: ${messageOf(thrown)}`,
    );
  });
  return "its definitions are there";
}

/** An external server's own settings cannot be asked for. */
function examineTemporal({ temporal }: ClusterSettings, { stack, address, unreachable }: StatusReport): string {
  if (unreachable.length > 0) throw new UserError(unreachable.join(" "));
  if (address === null) throw new UserError(`The stack has none yet: \`${commandOn(stack, "up")}\` makes it.`);
  if (temporal.mode !== "external") return address;
  return (
    `${address}; whether its \`frontend.enableCancelWorkerPollsOnShutdown\` is on cannot be asked: without it a task may ` +
    "be handed to a worker that just ends, and wait for its time-out"
  );
}
