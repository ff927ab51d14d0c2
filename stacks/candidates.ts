import type { Candidate } from "../components/release.ts";
import { messageOf, UserError } from "../errors.ts";
import type { Algorithm, Source } from "../registry/resolve.ts";
import { pythonVersion, resolveSettings } from "../registry/settings.ts";
import { readDependencies } from "../sources/dependencies.ts";
import { sourceResolver } from "../sources/index.ts";
import { type PreviousRelease, readPreviousRelease } from "../sources/release-source.ts";
import { gitRelease, imageRelease, mockRelease } from "../sources/remote-release.ts";
import { type RepositorySettings, readRepositorySettings } from "../sources/repository-settings.ts";
import type { SourceResolver } from "../sources/resolve-source.ts";
import type { SourceOptions } from "../sources/types.ts";
import { type Recipe, versionOf } from "../sources/version.ts";
import { explainFullDisk } from "../tools/full-disk.ts";

/** How candidates are found. */
export interface CandidateOptions extends SourceOptions {
  /**
   * What workers are made of: a folder on this machine, or what a platform elsewhere fetches by itself.
   * @default "folder"
   */
  readonly form?: "folder" | "remote";
  /** The outputs of the previous run's releases, by algorithm: what they know is not fetched again. @default none */
  readonly previous?: ReadonlyMap<string, unknown>;
  /** Asks registries for the digests of images. @default no image can be resolved but by its digest */
  readonly digestOf?: (image: string) => Promise<string>;
}

/**
 * What each algorithm's source holds now, all asked at once. A problem of one algorithm is its candidate's, and no concern
 * of the others.
 *
 * @param recipe What else decides a version: the platform and the worker's sources.
 */
export async function resolveCandidates(
  algorithms: readonly Algorithm[],
  recipe: Recipe,
  options: CandidateOptions,
): Promise<ReadonlyMap<string, Candidate>> {
  const resolver = sourceResolver(options);
  const find = options.form === "remote" ? findRemote : findFolder;
  const candidates = algorithms.map(async (algorithm) => {
    const previous = readPreviousRelease(options.previous?.get(algorithm.name));
    const found = () => find(algorithm.source, { resolver, previous, options });
    return [algorithm.name, await resolveCandidate(algorithm, recipe, found)] as const;
  });
  return new Map(await Promise.all(candidates));
}

/** What was found of a source. */
interface Found {
  /** Twelve hex that stand for the content. */
  readonly content: string;
  readonly commit: string;
  readonly repository: RepositorySettings;
  readonly dependencies: string;
  /** Where the code is. */
  readonly place: Pick<Extract<Candidate, { version: string }>, "directory" | "source">;
}

interface Finding {
  readonly resolver: SourceResolver;
  readonly previous: PreviousRelease | undefined;
  readonly options: CandidateOptions;
}

async function findFolder(source: Source, { resolver }: Finding): Promise<Found> {
  if (source.kind === "image") throw new Error("A container image has no folder.");
  const { commit, tree, dirty, directory } = await resolver.resolve(source);
  return {
    content: tree,
    commit: dirty ? `${commit}-dirty` : commit,
    repository: await readRepositorySettings(directory),
    dependencies: (await readDependencies(directory)).fingerprint,
    place: { directory },
  };
}

async function findRemote(source: Source, { resolver, previous, options }: Finding): Promise<Found> {
  const { digestOf = digestIsUnknown } = options;
  const release = async () => {
    switch (source.kind) {
      case "git":
        return await gitRelease(source, resolver, previous);
      case "image":
        return await imageRelease(source.image, digestOf);
      case "mock":
        return await mockRelease(await resolver.resolve(source), source.mock);
      case "path":
        throw new UserError(`\`path\` is \`${source.path}\`, a folder of this machine. Give \`git\` instead.`);
    }
  };
  const { source: place, ...found } = await release();
  return { ...found, place: { source: place } };
}

async function digestIsUnknown(image: string): Promise<string> {
  throw new UserError(`Only a run of \`up\` or \`preview\` asks the registry which digest \`${image}\` has now.`);
}

async function resolveCandidate(algorithm: Algorithm, recipe: Recipe, find: () => Promise<Found>): Promise<Candidate> {
  const started = performance.now();
  try {
    const { content, commit, repository, dependencies, place } = await find();
    const settings = resolveSettings(
      algorithm,
      repository.settings,
      `\`${repository.origin ?? "pyproject.toml"}\` of \`${algorithm.name}\``,
    );
    const python = pythonVersion(repository.requiresPython, settings.python);
    return {
      version: versionOf(content, algorithm.source.kind === "image" ? imageRecipe(recipe) : { ...recipe, python }),
      commit,
      settings: { ...settings, python },
      dependencies,
      stages: { resolve: Math.round(performance.now() - started) },
      ...place,
    };
  } catch (caught) {
    const thrown = explainFullDisk(caught);
    // Anything else is a bug of ours, or the machine's trouble: it shows its stack, and is no concern of the others.
    if (thrown instanceof UserError) return { problem: thrown.message };
    return { problem: thrown instanceof Error && thrown.stack ? thrown.stack : messageOf(thrown) };
  }
}

/** An image that a team brings has nothing of the worker's sources or of an image of ours in it. */
function imageRecipe({ platform = "" }: Recipe): Recipe {
  return { platform };
}
