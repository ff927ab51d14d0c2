import { Image, type ImageArgs } from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";
import type { GitRelease } from "../../sources/release-source.ts";
import { buildSecrets } from "./build-secrets.ts";
import { algorithmDockerfile, contextLocation, needsSsh } from "./dockerfile.ts";
import type { ImagesSettings } from "./image-settings.ts";
import { howBuilt } from "./worker-base-image.ts";

export interface AlgorithmImageArgs {
  /** Where images go: a registry and a path in it. The image's name there is the algorithm's. */
  readonly registry: string;
  readonly images: ImagesSettings;
  /** What is to be built: of the release, whose source is in a git repository. */
  readonly release: {
    readonly version: pulumi.Input<string>;
    readonly commit: pulumi.Input<string>;
    readonly source: pulumi.Input<GitRelease>;
  };
  /** The worker base image for the release's Python, by digest. */
  readonly base: pulumi.Input<string>;
}

/**
 * The container image of a version, built by the builder itself from the commit: no file and no path of the machine that
 * deploys is part of it, and a version that was built is built by no other machine again. Images stay in the registry when
 * their resource goes, since an earlier version may be wanted back.
 *
 * @example new AlgorithmImage("transcribe", { registry, images, release, base: base.ref }, { parent })
 */
export class AlgorithmImage extends pulumi.ComponentResource {
  /** What pods run: `repository:version@sha256:…`. */
  readonly ref: pulumi.Output<string>;

  constructor(name: string, args: AlgorithmImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("conduit:kubernetes:AlgorithmImage", name, {}, opts);
    const { registry, images, release, base } = args;
    const resolved = pulumi.all([release.version, release.commit, release.source, base]);
    const build = resolved.apply(([version, commit, source, from]) =>
      algorithmImage({ algorithm: name, registry, images, version, commit, source, base: from }),
    );
    const image = new Image(
      name,
      {
        context: build.context,
        dockerfile: build.dockerfile,
        tags: build.tags,
        labels: build.labels,
        ssh: build.ssh,
        ...buildSecrets(images.secrets, true),
        ...howBuilt(images, name),
      },
      { parent: this, retainOnDelete: true },
    );
    this.ref = image.ref;
    this.registerOutputs({ ref: this.ref });
  }
}

/** What decides an algorithm's image, all of it known. */
export interface AlgorithmBuild {
  readonly algorithm: string;
  readonly registry: string;
  readonly images: ImagesSettings;
  readonly version: string;
  readonly commit: string;
  readonly source: GitRelease;
  readonly base: string;
}

/** What of a build follows the version. */
export function algorithmImage({ algorithm, registry, images, version, commit, source, base }: AlgorithmBuild) {
  return {
    context: { location: contextLocation(source, commit) },
    dockerfile: { inline: algorithmDockerfile({ algorithm, base, source, secrets: images.secrets }) },
    tags: [`${registry}/${algorithm}:${version}`],
    labels: {
      "org.opencontainers.image.source": source.git,
      "org.opencontainers.image.revision": commit,
      "org.opencontainers.image.version": version,
    },
    ssh: needsSsh(source) ? [{ id: "default" }] : [],
  } satisfies Partial<ImageArgs>;
}
