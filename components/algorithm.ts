import * as pulumi from "@pulumi/pulumi";
import type { Algorithm as RegistryEntry } from "../registry/resolve.ts";
import type { Platform } from "./platform.ts";
import { type Candidate, Release } from "./release.ts";

export interface AlgorithmArgs {
  /** The registry entry. */
  readonly entry: RegistryEntry;
  /** What is wanted now. */
  readonly candidate: Candidate;
  readonly platform: Platform;
}

/**
 * One algorithm: a chain from its release to its worker. Every part carries the algorithm's name, so that a pattern such as
 * `**Algorithm*::transcribe` targets the whole of it.
 *
 * @example new Algorithm("transcribe", { entry, candidate, platform })
 */
export class Algorithm extends pulumi.ComponentResource {
  readonly version: pulumi.Output<string>;

  constructor(name: string, args: AlgorithmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:index:Algorithm", name, {}, opts);
    const { entry, candidate, platform } = args;
    const settings = "settings" in candidate ? candidate.settings : undefined;
    const release = new Release(
      name,
      { algorithm: name, owner: entry.owner.team, candidate, unapplied: platform.unapplied(entry, settings) },
      { parent: this },
    );
    platform.worker(name, { algorithm: entry, release }, this);
    this.version = release.version;
    this.registerOutputs({ version: this.version });
  }
}
