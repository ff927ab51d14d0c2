import type * as pulumi from "@pulumi/pulumi";
import type { Algorithm } from "../../registry/resolve.ts";
import type { Candidate, Release } from "../release.ts";
import { AlgorithmImage } from "./algorithm-image.ts";
import type { ImagesSettings } from "./image-settings.ts";
import { wantedImage } from "./wanted-image.ts";
import { WorkerBaseImage, type WorkerBaseImageArgs } from "./worker-base-image.ts";

export interface AlgorithmImagesArgs {
  /** The section `images` of the stack's settings. */
  readonly images: ImagesSettings;
  /** What worker base images are built from. */
  readonly context: WorkerBaseImageArgs["context"];
  /** The outputs of the previous run's releases, by algorithm. */
  readonly previous: ReadonlyMap<string, unknown>;
}

/** What an image is made for. */
export interface ImageOfArgs {
  readonly entry: Pick<Algorithm, "source">;
  readonly release: Release;
  readonly candidate: Candidate;
}

/** What an algorithm's pods run. */
export interface RunImage {
  /** By digest. */
  readonly image: pulumi.Output<string>;
  /** The file that a mock adds to it. */
  readonly mock: { readonly file: pulumi.Output<string>; readonly text: pulumi.Output<string> } | undefined;
}

/** Makes the image of an algorithm, if one is to be made, as a child of `parent`. */
export type ImageOf = (name: string, args: ImageOfArgs, parent: pulumi.Resource) => RunImage;

/**
 * The images of a stack: a worker base image for each version of Python that is in use, and one for each algorithm that is
 * built. A mock runs in its worker base image, and what a team brings as it is.
 */
export function algorithmImages({ images, context, previous }: AlgorithmImagesArgs): ImageOf {
  const bases = new Map<string, WorkerBaseImage>();
  const baseFor = (python: string, registry: string) => {
    const name = `worker-python-${python}`;
    const base = bases.get(python) ?? new WorkerBaseImage(name, { python, registry, images, context });
    bases.set(python, base);
    return base.ref;
  };
  return (name, { entry, release, candidate }, parent) => {
    const { kind, python } = wantedImage(candidate, previous.get(name), entry.source);
    const { registry } = images;
    if (kind === "image") return { image: referenceOf(release), mock: undefined };
    if (registry === undefined) throw new Error("Images are to be built, and `images.registry` was not checked.");
    const base = baseFor(python, registry);
    if (kind === "mock") return { image: base, mock: mockOf(release) };
    return { image: new AlgorithmImage(name, { registry, images, release, base }, { parent }).ref, mock: undefined };
  };
}

/** The image that a team brings. */
function referenceOf({ source }: Release): pulumi.Output<string> {
  return source.apply((found) => {
    if (found.kind === "image") return found.reference;
    throw new Error(`A release of the kind \`${found.kind}\` brings no image.`);
  });
}

function mockOf({ source }: Release): NonNullable<RunImage["mock"]> {
  const of = (part: "file" | "text") => source.apply((found) => (found.kind === "mock" ? found[part] : ""));
  return { file: of("file"), text: of("text") };
}
