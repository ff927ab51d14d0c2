import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../registry/settings.ts";
import type { ReleaseSource } from "../sources/release-source.ts";

/** A version that is ready to be deployed, or the problem that keeps it from being so. */
export type Candidate = Readonly<
  | {
      /** `<tree>-<recipe>`. */
      version: string;
      /** The last commit that changed the folder; kept as provenance. */
      commit: string;
      settings: Settings;
      /** Digest of what decides the dependencies. */
      dependencies: string;
      /** How long it took to find, in milliseconds; no reason for a change. */
      stages: { resolve: number };
      /** The algorithm's folder in a checkout, where workers run on this machine. */
      directory?: string;
      /** Where the code is, on platforms that fetch it themselves; with its version. */
      source?: ReleaseSource;
    }
  | {
      /** Why there is no version to deploy: one clear message for the owner. */
      problem: string;
    }
>;

/** The version of an algorithm that is wanted: the head of its chain (provider `conduit`). */
export class Release extends pulumi.CustomResource {
  declare readonly version: pulumi.Output<string>;
  declare readonly commit: pulumi.Output<string>;
  /** The algorithm's folder in a checkout; of releases whose workers run on this machine. */
  declare readonly directory: pulumi.Output<string>;
  /** Where the code is; of releases on platforms that fetch it themselves. */
  declare readonly source: pulumi.Output<ReleaseSource>;
  declare readonly settings: pulumi.Output<Settings>;
  declare readonly dependencies: pulumi.Output<string>;
  /** @example new Release("transcribe", { algorithm: "transcribe", version, commit, … }, { parent }) */
  constructor(name: string, args: ReleaseArgs, opts?: pulumi.CustomResourceOptions) {
    super("conduit:index:Release", name, releaseInputs(args), opts);
  }
}

export interface ReleaseArgs {
  /** The registry entry's name. */
  readonly algorithm: string;
  readonly candidate: Candidate;
}

/** The inputs, every one named: a property that is not named has no output. */
function releaseInputs({ algorithm, candidate }: ReleaseArgs): pulumi.Inputs {
  return {
    algorithm,
    version: undefined,
    commit: undefined,
    directory: undefined,
    source: undefined,
    settings: undefined,
    dependencies: undefined,
    stages: undefined,
    ...candidate,
  };
}

/** Fails the run with the problem of an algorithm, and nothing else with it (provider `conduit`). */
export class Refusal extends pulumi.CustomResource {
  /** @param args.problem One clear message for the owner. */
  constructor(name: string, args: { algorithm: string; problem: string }, opts?: pulumi.CustomResourceOptions) {
    super("conduit:index:Refusal", name, args, opts);
  }
}
