import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../platform.ts";
import { Environment, Supervisor, TemporalServer, Worker } from "./resources.ts";
import { unappliedOnLocal } from "./unapplied.ts";

export interface LocalPlatformArgs {
  /** The folder that holds the registry. */
  readonly projectDirectory: string;
  readonly stack: string;
  readonly temporalPort: number;
  readonly uiPort: number;
  /** The user's cache (`cacheDirectory()`). */
  readonly cache: string;
  /** Digest of the worker's sources (`runtimeDigest()`). */
  readonly runtimeDigest: string;
}

/** Where the local platform of a stack keeps its files. */
export function localHome(projectDirectory: string, stack: string): string {
  return path.join(projectDirectory, ".conduit", stack);
}

/** The platform of a laptop: Temporal's dev server and one process for each algorithm, under supervisord. */
export function localPlatform(args: LocalPlatformArgs): Platform {
  const supervisor = new Supervisor("supervisor", { home: localHome(args.projectDirectory, args.stack) });
  const server = new TemporalServer("temporal", { supervisor, port: args.temporalPort, uiPort: args.uiPort });
  return {
    recipe: { platform: "local", runtime: args.runtimeDigest },
    address: server.address,
    uiUrl: server.uiUrl,
    unapplied: unappliedOnLocal,
    worker: (name, worker, parent) => localWorker(name, worker, { parent, supervisor, address: server.address, args }),
  };
}

function localWorker(
  name: string,
  { algorithm, release }: Parameters<Platform["worker"]>[1],
  local: {
    parent: pulumi.Resource;
    supervisor: Supervisor;
    address: pulumi.Output<string>;
    args: LocalPlatformArgs;
  },
): pulumi.Resource {
  const { parent, supervisor, address, args } = local;
  const environment = new Environment(
    name,
    {
      directory: release.directory,
      dependencies: release.dependencies,
      pythonVersion: release.settings.python,
      runtimeDigest: args.runtimeDigest,
      cache: args.cache,
    },
    { parent },
  );
  const { home, socket, runDirectory, python } = supervisor;
  const { version, commit, directory, settings } = release;
  return new Worker(
    name,
    {
      supervisor: { home, socket, runDirectory, python },
      address,
      algorithm: { name, temporalNamespace: algorithm.temporalNamespace, env: algorithm.env },
      release: { version, commit, directory, settings },
      python: environment.python,
      runtime: environment.runtime,
      cache: args.cache,
    },
    { parent },
  );
}
