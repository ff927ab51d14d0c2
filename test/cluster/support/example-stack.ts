import { copyFile } from "node:fs/promises";
import path from "node:path";
import type { CoreV1Event, V1Pod } from "@kubernetes/client-node";
import { expect } from "vitest";
import { startLocalServer } from "../../support/local-server.ts";
import { repository } from "../../support/project.ts";
import { startCluster } from "../start-cluster.ts";
import { everyName } from "./every-object.ts";
import { type KubernetesProject, makeKubernetesProject } from "./kubernetes-project.ts";
import { must } from "./must.ts";
import { Objects } from "./objects.ts";
import { serverParts } from "./server-parts.ts";
import { threeAlgorithms } from "./three-algorithms.ts";

/** A stack whose settings come with the repository, with three algorithms, on a cluster of its own. */
export interface ExampleStack {
  readonly objects: Objects;
  readonly project: KubernetesProject;
  /** Brings the stack up, and sees to it that every pod was let in and nothing is left to do. */
  readonly up: () => Promise<void>;
  /** Temporal's Deployments and how many of their pods are ready, of those that are wanted. */
  readonly serverParts: () => Promise<string[]>;
  /** Takes the stack down; answers what it said of it. */
  readonly down: () => Promise<string>;
  /** The objects that were not there before `up`, volumes without their made-up names. */
  readonly left: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

/** @param stack `dev` or `prod`. */
export async function openExampleStack(stack: string): Promise<ExampleStack> {
  const server = await startLocalServer();
  // No container runs here: behind the frontend's port answers a real server, by the way that the Kubernetes API makes.
  const cluster = await startCluster({
    portForwards: [{ namespace: "temporal", port: 7233, address: server.address }],
  });
  const objects = new Objects(cluster.kubeconfig);
  const project = await makeKubernetesProject(cluster.kubeconfig);
  await project.writeRegistry(threeAlgorithms());
  const file = path.join("stacks", `Pulumi.${stack}.yaml`);
  await copyFile(path.join(repository, file), path.join(project.root, file));
  const options = ["--stack", stack, "--non-interactive"];
  let before: readonly string[] = [];
  return {
    objects,
    project,
    up: async () => {
      before = await everyName(cluster.kubeconfig);
      await must(project.pulumi("stack", "init", stack));
      await must(project.pulumi("up", "--yes", "--skip-preview", ...options));
      expect([await workers(objects), await refusedPods(objects)]).toEqual([4, []]);
      const preview = await must(project.conduit("preview", "--stack", stack));
      expect(preview.stdout).toMatch(/Resources:\s+\d+ unchanged\n/);
      await must(project.pulumi("preview", "--expect-no-changes", ...options));
    },
    serverParts: () => serverParts(objects),
    down: async () => (await must(project.conduit("down", "--yes", "--stack", stack))).stderr,
    left: async () => {
      const now = await everyName(cluster.kubeconfig);
      expect(now).toEqual(expect.arrayContaining([...before]));
      return now.filter((name) => !before.includes(name)).map((name) => name.replace(/pvc-[-0-9a-f]+$/, "pvc-…"));
    },
    close: async () => {
      await project.remove();
      await cluster.stop();
      await server.takeDown();
    },
  };
}

async function refusedPods(objects: Objects): Promise<(string | undefined)[]> {
  const events = await objects.list<CoreV1Event>({ apiVersion: "v1", kind: "Event" });
  return events.filter(({ reason }) => reason === "FailedCreate").map(({ message }) => message);
}

/** The pods of algorithms that serve. */
async function workers(objects: Objects): Promise<number> {
  const pods = await objects.list<V1Pod>({ apiVersion: "v1", kind: "Pod" }, { labels: "algorithm-conduit/algorithm" });
  return pods.filter(({ status }) => status?.phase === "Running").length;
}

/** The last sentence-bearing line of what a command said, without the time that it took. */
export function lastOf(said: string): string | undefined {
  return said
    .trim()
    .split("\n")
    .at(-1)
    ?.replace(/in [\d.]+ (m )?s?\w*/, "in …");
}
