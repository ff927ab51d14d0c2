import type * as pulumi from "@pulumi/pulumi";
import type { Algorithm } from "../registry/resolve.ts";
import type { Settings } from "../registry/settings.ts";
import type { Release } from "./release.ts";

/** What a platform builds an algorithm's worker from. */
export interface WorkerArgs {
  /** The registry entry. */
  readonly algorithm: Algorithm;
  /** The head of the chain: what is wanted. A worker follows its outputs, so a refused release leaves it as it was. */
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
  /** Makes the parts that run the algorithm, as children of `parent`; the last one is returned. */
  readonly worker: (name: string, args: WorkerArgs, parent: pulumi.Resource) => pulumi.Resource;
  /** What the entry asks for and the platform cannot do, in a few words each; it never stops an update. */
  readonly unapplied: (algorithm: Algorithm, settings: Settings | undefined) => string[];
}
