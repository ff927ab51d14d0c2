import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../platform.ts";
import { Environment, Supervisor, TemporalServer, Worker } from "./resources.ts";
import { unappliedOnLocal } from "./unapplied.ts";
import { workerEnvironment } from "./worker-environment.ts";

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
  const { version, commit, settings, directory } = release;
  const { runtime } = environment;
  const variables = workerEnvironment({ algorithm, address, version, commit, settings, runtime, cache: args.cache });
  return new Worker(
    name,
    {
      home: supervisor.home,
      socket: supervisor.socket,
      runDirectory: supervisor.runDirectory,
      launcherPython: supervisor.python,
      algorithm: name,
      version,
      commit,
      python: environment.python,
      directory,
      environment: variables,
      startupSeconds: settings.apply(({ timeouts }) => timeouts.startup / 1000),
      graceSeconds: settings.apply(({ shutdownGrace }) => shutdownGrace / 1000),
    },
    { parent },
  );
}
