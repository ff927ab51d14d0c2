import { Image, type ImageArgs, type types } from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import { shortHash } from "../../sources/lock.ts";
import { buildSecrets } from "./build-secrets.ts";
import { workerBaseDockerfile } from "./dockerfile.ts";
import type { ImagesSettings } from "./image-settings.ts";

export interface WorkerBaseImageArgs {
  /** Version of Python, such as "3.11". */
  readonly python: string;
  /** Where images go: a registry and a path in it. */
  readonly registry: string;
  readonly images: ImagesSettings;
  /** The folder that holds the worker and what installs it, and the digest over it. */
  readonly context: {
    /** Relative to where the engine runs its plugins, so that it is the same on every machine. */
    readonly location: string;
    readonly digest: string;
  };
}

/**
 * What all images for one version of Python are built on: uv, the worker and its packages. A mock runs in it as it is.
 *
 * @example new WorkerBaseImage("worker-python-3.11", { python: "3.11", registry, images, context })
 */
export class WorkerBaseImage extends pulumi.ComponentResource {
  /** What to run or to build on: `repository:tag@sha256:…`. */
  readonly ref: pulumi.Output<string>;

  constructor(name: string, args: WorkerBaseImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:kubernetes:WorkerBaseImage", name, {}, opts);
    const image = new Image(name, workerBaseImage(args), { parent: this, retainOnDelete: true });
    this.ref = image.ref;
    this.registerOutputs({ ref: this.ref });
  }
}

/** The name of the image in the registry; its tag stands for all that decides it. */
export function workerBaseTag({ python, registry, images, context }: WorkerBaseImageArgs): string {
  const key = shortHash(JSON.stringify([context.digest, workerBaseDockerfile(python, images), images.platforms]), 12);
  return `${registry}/conduit-worker:${python}-${key}`;
}

/** How the worker base image is built. */
export function workerBaseImage(args: WorkerBaseImageArgs): ImageArgs {
  const { python, images, context } = args;
  return {
    context: { location: context.location },
    dockerfile: { inline: workerBaseDockerfile(python, images) },
    tags: [workerBaseTag(args)],
    ...buildSecrets(images.secrets, false),
    ...howBuilt(images, `conduit-worker-${python}`),
  };
}

/**
 * What all images of ours have in common. Nothing is built in a preview, and credentials for registries are those that
 * `docker login` has left on the machine, so that none are in the state.
 *
 * @param cached Name of the image within the build cache.
 */
export function howBuilt({ platforms, cache }: ImagesSettings, cached: string) {
  const registry = { ref: `${cache}:${cached}` };
  return {
    platforms: [...platforms] satisfies types.enums.Platform[],
    push: true,
    buildOnPreview: false,
    ...(cache === undefined
      ? {}
      : { cacheFrom: [{ registry }], cacheTo: [{ registry: { ...registry, mode: "max" as const } }] }),
  };
}
