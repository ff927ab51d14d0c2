import * as pulumi from "@pulumi/pulumi";
import type { Algorithm } from "../../registry/resolve.ts";
import type { GitRelease, ReleaseSource } from "../../sources/release-source.ts";
import { refused } from "../refused.ts";
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
  /** The images that the previous run built, by the name of their resource: references by digest. */
  readonly built: ReadonlyMap<string, string>;
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
export function algorithmImages({ images, context, previous, built }: AlgorithmImagesArgs): ImageOf {
  const bases = new Map<string, WorkerBaseImage>();
  const { registry } = images;
  const baseFor = (python: string, to: string) => {
    const base = bases.get(python) ?? new WorkerBaseImage(baseName(python), { python, registry: to, images, context });
    bases.set(python, base);
    return base.ref;
  };
  return (name, { entry, release, candidate }, parent) => {
    const { kind, python } = wantedImage(candidate, previous.get(name), entry.source);
    if (kind === "image") return { image: referenceOf(name, release), mock: undefined };
    const mock = kind === "mock" ? mockOf(release) : undefined;
    if (registry === undefined) {
      // Nothing new is built; what was before stays.
      const before = built.get(kind === "mock" ? baseName(python) : name);
      const problem = "problem" in candidate ? candidate.problem : nothingBuilt;
      return { image: before === undefined ? refused(name, problem, release) : pulumi.output(before), mock };
    }
    const base = baseFor(python, registry);
    if (kind === "mock") return { image: base, mock };
    const { version, commit } = release;
    const build = { version, commit, source: repositoryOf(name, release) };
    return { image: new AlgorithmImage(name, { registry, images, release: build, base }, { parent }).ref, mock };
  };
}

/** The name of the resource that builds the worker base image for a version of Python. */
function baseName(python: string): string {
  return `worker-python-${python}`;
}

const nothingBuilt = "An image is to be built of it, and `conduit:images` has no `registry`. Name one.";

/** The image that a team brings. */
function referenceOf(name: string, release: Release): pulumi.Output<string> {
  return release.source.apply((found) =>
    found.kind === "image" ? pulumi.output(found.reference) : otherKind<string>(name, release, found, "image"),
  );
}

/** The commit of which an image is built. */
function repositoryOf(name: string, release: Release): pulumi.Output<GitRelease> {
  return release.source.apply((found) =>
    found.kind === "git" ? pulumi.output<GitRelease>(found) : otherKind<GitRelease>(name, release, found, "git"),
  );
}

/** A run that leaves the release as it was, since it is limited to others, finds the source there that was named before. */
function otherKind<T>(name: string, release: Release, found: ReleaseSource, wanted: ReleaseSource["kind"]) {
  const problem =
    `Its release has a source of the kind \`${found.kind}\`, and the registry names one of the kind \`${wanted}\`, which this ` +
    "run did not take up. Run it again for this algorithm too.";
  return refused<T>(name, problem, release);
}

function mockOf({ source }: Release): NonNullable<RunImage["mock"]> {
  const of = (part: "file" | "text") => source.apply((found) => (found.kind === "mock" ? found[part] : ""));
  return { file: of("file"), text: of("text") };
}
