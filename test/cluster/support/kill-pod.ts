import { readdir, readFile } from "node:fs/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { eventually } from "../../../providers/conduit/local/wait.ts";
import { killIfThere } from "../../support/project.ts";
import type { Objects } from "./objects.ts";

/** The ways in which a pod ends without a chance to finish anything. */
export const killings = ["deleted at once", "its processes killed"] as const;

/** When a pod was killed: its container ran at the first moment, and no more at the second; milliseconds since 1970. */
export interface Kill {
  readonly pod: string;
  readonly how: (typeof killings)[number];
  readonly from: number;
  readonly until: number;
}

/** Kills the container of a pod that runs, and returns once it has ended. */
export async function killPod(objects: Objects, pod: V1Pod, how: Kill["how"]): Promise<Kill> {
  const [{ name = "", namespace = "" } = {}, container] = [pod.metadata, containerOf(pod)];
  const from = Date.now();
  if (how === "deleted at once") {
    const metadata = { name, namespace };
    await objects.delete({ apiVersion: "v1", kind: "Pod", metadata }, { gracePeriodSeconds: 0 });
  } else {
    for (const pid of await processesOf(container)) killIfThere(pid);
  }
  await eventually(async () => (await processesOf(container)).length === 0, { seconds: 60 });
  return { pod: name, how, from, until: Date.now() };
}

/** The id of a pod's container that runs, or ran last. */
export function containerOf({ status }: V1Pod): string {
  const id = status?.containerStatuses?.[0]?.containerID?.split("//")[1];
  if (!id) throw new Error("The pod has no container.");
  return id;
}

/** The processes of a container, by its control group. */
async function processesOf(container: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const own = pids.map(async (pid) => {
    const group = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
    return group.includes(container) ? [Number(pid)] : [];
  });
  return (await Promise.all(own)).flat();
}
