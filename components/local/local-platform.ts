import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { Algorithm } from "../../registry/resolve.ts";
import type { Platform, WorkerArgs } from "../platform.ts";
import { TemporalNamespace } from "../temporal-namespace.ts";
import { Environment, Standby, Supervisor, TemporalServer, Worker } from "./resources.ts";
import { runsOnLocal } from "./unapplied.ts";

export interface LocalPlatformArgs {
  /** The folder that holds the registry. */
  readonly projectDirectory: string;
  readonly stack: string;
  readonly temporalPort: number;
  readonly uiPort: number;
  /** Whether idle workers go to sleep. */
  readonly workers: "always" | "on-demand";
  /** The user's cache (`cacheDirectory()`). */
  readonly cache: string;
  /** Digest of the worker's sources (`runtimeDigest()`). */
  readonly runtimeDigest: string;
}

/** Where the local platform of a stack keeps its files. */
export function localHome(projectDirectory: string, stack: string): string {
  return path.join(projectDirectory, ".conduit", stack);
}

/** What the local platform adds to the recipe of every version. */
export function localRecipe(runtimeDigest: string): Record<string, string> {
  return { platform: "local", runtime: runtimeDigest };
}

/** The platform of a laptop: Temporal's dev server and one process for each algorithm, under supervisord. */
export function localPlatform(args: LocalPlatformArgs): Platform {
  const supervisor = new Supervisor("supervisor", { home: localHome(args.projectDirectory, args.stack) });
  const server = new TemporalServer("temporal", { supervisor, port: args.temporalPort, uiPort: args.uiPort });
  const { address, uiUrl } = server;
  const standby = args.workers === "on-demand" ? new Standby("standby", { supervisor, address }) : undefined;
  const namespaces = new Map<string, TemporalNamespace>();
  return {
    recipe: localRecipe(args.runtimeDigest),
    sources: {},
    refusals: async () => new Map(),
    // All of them, those with an address of their own too: on a laptop the dev server stands for every other.
    namespaces: (entries) => {
      for (const namespace of entries) {
        namespaces.set(namespace.name, new TemporalNamespace(namespace.name, { namespace, address, manage: true }));
      }
    },
    runs: runsOnLocal,
    worker: (name, { entry, release }, parent) => {
      const { temporalName, namespaceId } = namespaces.get(entry.namespace) ?? {
        temporalName: entry.temporalNamespace,
      };
      const namespace = { temporalNamespace: temporalName, namespaceId };
      localWorker(name, { entry, release, namespace, parent, supervisor, address, standby, args });
    },
    outputs: { temporalAddress: address, temporalUi: uiUrl },
  };
}

interface LocalWorkerParts extends Omit<WorkerArgs, "candidate"> {
  readonly namespace: {
    readonly temporalNamespace: pulumi.Input<string>;
    readonly namespaceId: pulumi.Input<string> | undefined;
  };
  readonly parent: pulumi.Resource;
  readonly supervisor: Supervisor;
  readonly address: pulumi.Output<string>;
  readonly standby: Standby | undefined;
  readonly args: LocalPlatformArgs;
}

function localWorker(name: string, parts: LocalWorkerParts): void {
  const { entry, release, namespace, parent, supervisor, address, standby, args } = parts;
  const { version, commit, directory, settings, dependencies } = release;
  const { home, socket, runDirectory, python } = supervisor;
  const { runtimeDigest, cache } = args;
  const wantedBy = { home: localHome(args.projectDirectory, args.stack), algorithm: name, version };
  const environment = new Environment(
    name,
    { directory, dependencies, pythonVersion: settings.python, runtimeDigest, cache, wantedBy },
    { parent },
  );
  new Worker(
    name,
    {
      supervisor: { home, socket, runDirectory, python },
      address,
      algorithm: { name, ...namespace, env: entry.env },
      release: { version, commit, directory, settings },
      python: environment.python,
      runtime: environment.runtime,
      cache,
      idleAfter: standby && idleAfterOf(entry),
    },
    // Behind the standby, which goes last when everything is taken down.
    { parent, dependsOn: standby ? [standby] : [] },
  );
}

/** Milliseconds; undefined for one that always runs. */
function idleAfterOf({ scaling }: Pick<Algorithm, "scaling">): number | undefined {
  return scaling.min === 0 ? scaling.idleAfter : undefined;
}
