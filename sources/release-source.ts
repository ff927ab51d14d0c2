import { z } from "zod";

const repository = z.object({
  /** The settings that the repository asks for, as written. */
  settings: z.unknown(),
  /** The file that they come from; left out where there are none. */
  origin: z.enum(["pyproject.toml", "conduit.toml"]).optional(),
  /** `requires-python` of `pyproject.toml`. */
  requiresPython: z.string().optional(),
});

const requires = z.object({
  /** The file that decides what gets installed. */
  kind: z.enum(["uv.lock", "pylock.toml", "requirements.txt", "pyproject.toml", "none"]),
  /** The files that say so, relative to the algorithm's folder. */
  files: z.array(z.string()),
  /** Packages of the same repository, relative to the algorithm's folder. */
  localPackages: z.array(z.string()),
});

const git = z.object({
  kind: z.literal("git"),
  git: z.string(),
  ref: z.string(),
  subdir: z.string(),
  include: z.array(z.string()),
  /** The commit that the ref was at when this was found, 40 hex. */
  head: z.string(),
  /** Twelve hex that stand for the content of the folder and its includes. */
  tree: z.string(),
  repository,
  requires,
});

const image = z.object({
  kind: z.literal("image"),
  /** As the registry entry writes it. */
  image: z.string(),
  /** `sha256:…` */
  digest: z.string(),
  /** What pods run: the image's name with its digest, and no tag. */
  reference: z.string(),
});

const mock = z.object({
  kind: z.literal("mock"),
  /** The file's name without its folders. */
  file: z.string(),
  /** What is in it. */
  text: z.string(),
});

const releaseSource = z.discriminatedUnion("kind", [git, image, mock]);

/** Where the code of a version is, for platforms that fetch it themselves. It names nothing of the machine that found it. */
export type ReleaseSource = Readonly<z.output<typeof releaseSource>>;

/** The code of a version in a git repository, with all that was read of it. */
export type GitRelease = Readonly<z.output<typeof git>>;

/** A version as the state has it, if it can be read. */
const previousRelease = z.object({ source: releaseSource, commit: z.string(), dependencies: z.string() });

/** The version that a run before this one has found. */
export type PreviousRelease = Readonly<z.output<typeof previousRelease>>;

/** Reads the outputs of a release in the state; undefined when they are none of this kind. */
export function readPreviousRelease(outputs: unknown): PreviousRelease | undefined {
  return previousRelease.safeParse(outputs).data;
}
