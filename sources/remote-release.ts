import { readFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../errors.ts";
import { readDependencies } from "./dependencies.ts";
import { printable } from "./nearest.ts";
import type { PreviousRelease, ReleaseSource } from "./release-source.ts";
import { type RepositorySettings, readRepositorySettings } from "./repository-settings.ts";
import type { SourceResolver } from "./resolve-source.ts";
import type { GitSource, ResolvedSource } from "./types.ts";

/** All that a candidate needs to know of a source, with no path of this machine. */
export interface RemoteRelease {
  /** What the version's first half is made of: twelve hex. */
  readonly content: string;
  readonly commit: string;
  /** Digest of what decides the dependencies. */
  readonly dependencies: string;
  readonly repository: RepositorySettings;
  readonly source: ReleaseSource;
}

/**
 * What a git repository holds at its ref now. When the ref is where it was when the previous release was found, nothing of
 * the repository is fetched: git is asked for the ref alone, and a ref that is a commit in full not even for that.
 */
export async function gitRelease(
  source: GitSource,
  { resolve, headOf }: SourceResolver,
  previous: PreviousRelease | undefined,
): Promise<RemoteRelease> {
  const head = await headOf(source);
  const known = previous && knownAt(head, source, previous);
  if (known) return known;
  const { commit, tree, directory } = await resolve(source);
  const [repository, { kind, files, localPackages, fingerprint }] = await Promise.all([
    readRepositorySettings(directory),
    readDependencies(directory),
  ]);
  const { git, ref, subdir, include } = source;
  return {
    content: tree,
    commit,
    dependencies: fingerprint,
    repository,
    source: {
      kind: "git",
      ...{ git, ref, subdir, include: [...include], head, tree },
      repository: {
        settings: repository.settings,
        ...(repository.origin && { origin: repository.origin }),
        ...(repository.requiresPython !== undefined && { requiresPython: repository.requiresPython }),
      },
      requires: { kind, files: [...files], localPackages: localPackages.map(({ place }) => place) },
    },
  };
}

/** The previous release, if it is of the same folders at the same commit. Another name for that commit changes nothing. */
export function knownAt(head: string, wanted: GitSource, previous: PreviousRelease): RemoteRelease | undefined {
  const { source, commit, dependencies } = previous;
  if (source.kind !== "git" || source.head !== head) return undefined;
  const place = ({ git, subdir, include }: GitSource) => JSON.stringify([git, subdir, include]);
  if (place(source) !== place(wanted)) return undefined;
  const { origin, requiresPython, settings } = source.repository;
  return {
    content: source.tree,
    commit,
    dependencies,
    repository: { settings, origin, requiresPython },
    source: { ...source, ref: wanted.ref },
  };
}

/**
 * The container image that a team brings, by its digest.
 *
 * @param image As the registry entry writes it.
 * @param digestOf Asks the image's registry; never asked when `image` has a digest.
 * @throws UserError when the registry cannot tell.
 */
export async function imageRelease(
  image: string,
  digestOf: (image: string) => Promise<string>,
): Promise<RemoteRelease> {
  const [, tagged = image, written] = /^(.*?)(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
  const [, name = tagged, tag] = /^(.+?)(?::([^:/]+))?$/.exec(tagged) ?? [];
  const digest = written ?? (await digestOf(image));
  const content = digest.replace(/^sha256:/, "").slice(0, 12);
  return {
    content,
    commit: tag ?? content,
    dependencies: digest,
    repository: noSettings,
    source: { kind: "image", image, digest, reference: `${name}@${digest}` },
  };
}

/** A mock goes into a ConfigMap and into the state, in bytes. */
const largestMock = 256 * 1024;

/** @throws UserError when the file is too large, or has a name that Kubernetes does not take. */
export async function mockRelease({ commit, tree, directory }: ResolvedSource, mock: string): Promise<RemoteRelease> {
  const file = path.basename(mock);
  const text = await readFile(path.join(directory, file), "utf8");
  if (!/^[-._a-zA-Z0-9]+$/.test(file)) {
    throw new UserError(
      `\`mock\` is \`${printable(mock)}\`. Name the file with letters, digits, \`-\`, \`_\` and \`.\` only.`,
    );
  }
  if (Buffer.byteLength(text) > largestMock) {
    const size = `${Math.ceil(Buffer.byteLength(text) / 1024)} KiB`;
    throw new UserError(`\`mock\` is \`${mock}\`, which has ${size}. Shorten its canned answers to 256 KiB or less.`);
  }
  const { fingerprint } = await readDependencies(directory);
  return {
    content: tree,
    commit,
    dependencies: fingerprint,
    repository: await readRepositorySettings(directory),
    source: { kind: "mock", file, text },
  };
}

const noSettings: RepositorySettings = { settings: {}, origin: undefined, requiresPython: undefined };
