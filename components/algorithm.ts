import * as pulumi from "@pulumi/pulumi";
import type { Algorithm as RegistryEntry } from "../registry/resolve.ts";
import type { Platform } from "./platform.ts";
import { type Candidate, Refusal, Release } from "./release.ts";

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
  readonly release: Release;

  constructor(name: string, args: AlgorithmArgs, opts?: pulumi.ComponentResourceOptions) {
    const { entry, candidate, platform } = args;
    super("conduit:index:Algorithm", name, {}, { ...opts, providers: [...(platform.providers ?? [])] });
    this.release = new Release(name, { algorithm: name, candidate }, { parent: this });
    platform.worker(name, { entry, release: this.release, candidate }, this);
    if ("problem" in candidate) this.refuse(name, candidate.problem);
    this.registerOutputs({ release: this.release });
  }

  private refuse(algorithm: string, problem: string): void {
    // After the release: where that fails with the problem itself, it is told once.
    new Refusal(algorithm, { algorithm, problem }, { parent: this, dependsOn: [this.release] });
    if (pulumi.runtime.isDryRun()) void pulumi.log.warn(`${algorithm}: ${problem}`, this);
  }
}
