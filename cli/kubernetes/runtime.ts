import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { kubernetesRecipe } from "../../components/kubernetes/image-recipe.ts";
import { UserError } from "../../errors.ts";
import { readWorkerImageContext } from "../../runtime/worker-image-context.ts";
import { readPreviousRelease } from "../../sources/release-source.ts";
import type { Recipe } from "../../sources/version.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import type { Context } from "../context.ts";
import type { Runtime } from "../runtime.ts";
import { commandOn } from "../sentence.ts";
import { stackSettings } from "../stack-settings.ts";
import type { StackState } from "../state.ts";
import { clusterView, viewOf } from "./cluster-view.ts";
import { examineCluster } from "./examine.ts";
import { keptOnCluster } from "./kept.ts";
import { podLogs } from "./logs.ts";
import { otherCluster } from "./other-cluster.ts";
import { clusterWorkers } from "./workers.ts";

/** What the verbs ask of a cluster. */
export function kubernetesRuntime(context: Context): Runtime {
  return {
    // The provider brings what it needs.
    prepare: async () => {},
    candidates: async (entries, { stack, state, resolve }) => {
      const [{ releases }, recipe] = await Promise.all([state, recipeOf(stack)]);
      const digestOf = knownDigests(releases, commandOn(context.stack, "up"));
      const options = { cache: cacheDirectory(), projectDirectory: context.root };
      return resolve(entries, recipe, { ...options, form: "remote", previous: releases, digestOf });
    },
    queuesOf: ({ lanes }) => lanes.map(({ taskQueue }) => taskQueue),
    look: lookAtCluster,
    examine: examineCluster,
    logs: (request) => podLogs(context, request),
    watches: false,
    down: {
      warning:
        `This takes all workers of the stack \`${context.stack}\` off the cluster, and Temporal's server where the stack ` +
        "runs one: calls wait until somebody brings them back, and workflows stand still.",
      refusal: otherCluster,
      kept: keptOnCluster,
    },
  };
}

/** The same as the program's: else each look would find a version that nobody wants. */
async function recipeOf(stack: Stack): Promise<Recipe> {
  const [settings, { digest }] = await Promise.all([stackSettings(stack), readWorkerImageContext()]);
  return settings.platform === "kubernetes" ? kubernetesRecipe(settings.images, digest) : {};
}

async function lookAtCluster({ cluster, algorithms }: StackState): ReturnType<Runtime["look"]> {
  const namespaces = [...new Set(cluster?.namespaces.values())];
  const view = await clusterView({ context: cluster?.context }, namespaces);
  return async ({ algorithm, candidate, queues }) =>
    clusterWorkers({
      algorithm,
      candidate,
      queues,
      view: viewOf(view, algorithm.name),
      context: cluster?.context,
      concurrency: algorithms.get(algorithm.name)?.release?.settings.concurrency,
      now: new Date(),
    });
}

/** Only inside a run of the engine registries are asked: else a tag stands for the digest that it had in the last run. */
function knownDigests(releases: ReadonlyMap<string, unknown>, up: string): (image: string) => Promise<string> {
  const known = new Map(
    [...releases.values()].flatMap((outputs): [string, string][] => {
      const source = readPreviousRelease(outputs)?.source;
      return source?.kind === "image" ? [[source.image, source.digest]] : [];
    }),
  );
  return async (image) => {
    const digest = known.get(image);
    if (digest !== undefined) return digest;
    throw new UserError(`Which digest \`${image}\` has is asked of its registry by \`${up}\`.`);
  };
}
