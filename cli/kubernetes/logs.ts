import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { workerLogCommand } from "../../components/kubernetes/log-commands.ts";
import { messageOf, UserError } from "../../errors.ts";
import { loadKubeConfig } from "../../tools/kube-client.ts";
import type { Context } from "../context.ts";
import { openStack } from "../engine.ts";
import type { LogsRequest } from "../logs-request.ts";
import { commandOn } from "../sentence.ts";
import { readState } from "../state.ts";
import { clusterView, type Pod, viewOf } from "./cluster-view.ts";
import { LogTurns } from "./log-turns.ts";

/** Milliseconds between two looks for new pods. */
const lookEvery = 2000;

/**
 * What an algorithm's workers said, through the cluster's API, and what they said before they were started again; those that
 * went meanwhile are gone with their logs.
 */
export async function podLogs(context: Context, request: LogsRequest): Promise<void> {
  const { name, isServer, follow, lines, show } = request;
  const { cluster } = await readState(await openStack(context));
  const namespace = cluster?.namespaces.get(name);
  if (isServer) throw new UserError("The logs of Temporal's server are its pods': `kubectl logs` shows them.");
  if (cluster === undefined || namespace === undefined) {
    throw new UserError(
      `\`${name}\` never ran on the stack \`${context.stack}\`. Start it with \`${commandOn(context.stack, "up")}\`.`,
    );
  }
  const target = { context: cluster.context };
  const pods = async () => viewOf(await clusterView(target, [namespace]), name).pods.filter(isStarted);
  const found = await pods();
  if (found.length === 0 && !follow) {
    const command = workerLogCommand({ namespace, objectName: name, context: cluster.context });
    throw new UserError(
      `No worker of \`${name}\` runs now, so there is no log. \`${command}\` shows those of later ones.`,
    );
  }
  const { Log } = await import("@kubernetes/client-node");
  const log = new Log(await loadKubeConfig(target));
  const read = async (
    pod: Pod,
    options: { readonly follow?: boolean; readonly previous?: boolean },
    write: (text: string) => void,
  ) => {
    const stream = new PassThrough({ encoding: "utf8" });
    const end = new Promise<void>((resolve) => stream.once("end", resolve).once("close", resolve));
    const [container = ""] = pod.spec.containers.map((each) => each.name);
    stream.on("data", write);
    await log.log(namespace, pod.metadata.name, container, stream, { tailLines: lines, ...options });
    await end;
  };
  if (!follow) {
    const texts = await Promise.all(
      found.map(async (pod) => {
        const said: string[] = [];
        // Why a container was started again, the one before it knows; what it said may be gone.
        if (wasRestarted(pod)) await read(pod, { previous: true }, (text) => said.push(text)).catch(() => undefined);
        await read(pod, { follow }, (text) => said.push(text)).catch((thrown) => {
          throw new UserError(`The log of the pod \`${pod.metadata.name}\` cannot be read: ${messageOf(thrown)}`);
        });
        return said.join("");
      }),
    );
    show(texts, lines);
    return;
  }
  const turns = new LogTurns();
  let isRead = true;
  process.stdout.once("error", () => {
    isRead = false;
  });
  while (isRead) {
    for (const pod of turns.next(await pods())) {
      void read(pod, { follow }, wholeLines(show))
        .catch(() => undefined)
        .finally(() => turns.end(pod));
    }
    await sleep(lookEvery);
  }
}

function wasRestarted({ status }: Pod): boolean {
  return status.containerStatuses.some(({ restartCount }) => restartCount > 0);
}

function isStarted({ status }: Pod): boolean {
  return status.phase !== "Pending";
}

/** Hands on what is whole, and keeps the rest of a line until it comes. */
function wholeLines(show: LogsRequest["show"]): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) show([lines.join("\n")]);
  };
}
