import type * as pulumi from "@pulumi/pulumi";
import type { Algorithm, Namespace } from "../registry/resolve.ts";
import type { Release } from "./release.ts";

/** What a platform builds an algorithm's worker from. */
export interface WorkerArgs {
  readonly entry: Algorithm;
  /** The head of the chain: what is wanted. A worker follows its outputs. */
  readonly release: Release;
}

/** Where workers run: the same face on every platform. */
export interface Platform {
  /** What the recipe of a version says of the platform: a change of it is a new version of every algorithm. */
  readonly recipe: Readonly<Record<string, string>>;
  /** Where Temporal serves, as `host:port`. */
  readonly address: pulumi.Output<string>;
  /** Where people look at workflows. */
  readonly uiUrl: pulumi.Output<string>;
  /** Makes the Temporal namespaces that the platform manages; before any worker. */
  readonly namespaces: (namespaces: readonly Namespace[]) => void;
  /** Whether it can run the algorithm at all; one that it cannot is left out, and never stops an update. */
  readonly runs: (entry: Algorithm) => boolean;
  /** Makes the parts that run the algorithm, as children of `parent`. */
  readonly worker: (name: string, args: WorkerArgs, parent: pulumi.Resource) => void;
}
