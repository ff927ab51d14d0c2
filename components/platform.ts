import type * as pulumi from "@pulumi/pulumi";
import type { Algorithm, Namespace } from "../registry/resolve.ts";
import type { Candidate, Release } from "./release.ts";

/** What a platform builds an algorithm's worker from. */
export interface WorkerArgs {
  readonly entry: Algorithm;
  /** The head of the chain: what is wanted. A worker follows its outputs. */
  readonly release: Release;
  /** What is wanted, as far as it is known before anything is made: it decides which parts there are. */
  readonly candidate: Candidate;
}

/** How the sources of a platform's algorithms are looked at; what is left out is as on this machine. */
export interface PlatformSources {
  /** What workers are made of: a folder on this machine, or what the platform fetches by itself. @default "folder" */
  readonly form?: "folder" | "remote";
  /** The outputs of the previous run's releases, by algorithm. @default none */
  readonly previous?: ReadonlyMap<string, unknown>;
  /** Asks registries for the digests of images. @default none */
  readonly digestOf?: (image: string) => Promise<string>;
}

/** What the stack's state holds of one resource. */
export interface PreviousResource {
  /** Its type token, such as `conduit:index:Release`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** What it gave, or registered. Secrets are in the clear: never show or keep them. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What the last run left, by the stack's state. */
export interface PreviousResources {
  readonly resources: readonly PreviousResource[];
  /** All resources of a type. */
  readonly ofType: (type: string) => readonly PreviousResource[];
}

/** Where workers run: the same face on every platform. */
export interface Platform {
  /** What the recipe of a version says of the platform: a change of it is a new version of every algorithm. */
  readonly recipe: Readonly<Record<string, string>>;
  /** How its algorithms' sources are looked at. */
  readonly sources: PlatformSources;
  /** Makes the Temporal namespaces that the platform manages; before any worker. */
  readonly namespaces: (namespaces: readonly Namespace[]) => void;
  /** Whether it can run the algorithm at all; one that it cannot is left out, and never stops an update. */
  readonly runs: (entry: Algorithm) => boolean;
  /** What keeps an algorithm from being deployed here, by its name: one clear message for the owner. */
  readonly refusals: (entries: readonly Algorithm[]) => Promise<ReadonlyMap<string, string>>;
  /** What makes the parts of algorithms, where the engine's own providers would not do. @default the engine's own */
  readonly providers?: readonly pulumi.ProviderResource[];
  /** Makes the parts that run the algorithm, as children of `parent`. */
  readonly worker: (name: string, args: WorkerArgs, parent: pulumi.Resource) => void;
  /** What the stack tells: where Temporal serves (`temporalAddress`), where people look at workflows (`temporalUi`). */
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
}
