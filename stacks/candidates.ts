import type { Candidate } from "../components/release.ts";
import { messageOf, UserError } from "../errors.ts";
import type { Algorithm, Source } from "../registry/resolve.ts";
import { pythonVersion, resolveSettings } from "../registry/settings.ts";
import { readDependencies } from "../sources/dependencies.ts";
import { sourceResolver } from "../sources/index.ts";
import { resolveMock } from "../sources/mock.ts";
import { readRepositorySettings } from "../sources/repository-settings.ts";
import type { ResolvedSource, SourceOptions } from "../sources/types.ts";
import { versionOf } from "../sources/version.ts";
import { explainFullDisk } from "../tools/full-disk.ts";

/**
 * What each algorithm's source holds now, all asked at once. A problem of one algorithm is its candidate's, and no concern
 * of the others.
 *
 * @param recipe What else decides a version: the platform and the worker's sources.
 */
export async function resolveCandidates(
  algorithms: readonly Algorithm[],
  recipe: Readonly<Record<string, string>>,
  options: SourceOptions,
): Promise<ReadonlyMap<string, Candidate>> {
  const resolveFolder = sourceResolver(options);
  const resolve: Resolve = async (source) => {
    if (source.kind === "mock") return resolveMock(source.mock, options);
    if (source.kind === "image") throw new Error("A container image has no sources to resolve.");
    return resolveFolder(source);
  };
  const candidates = algorithms.map(async (algorithm) => {
    const candidate = await resolveCandidate(algorithm, recipe, resolve);
    return [algorithm.name, candidate] as const;
  });
  return new Map(await Promise.all(candidates));
}

type Resolve = (source: Source) => Promise<ResolvedSource>;

async function resolveCandidate(
  algorithm: Algorithm,
  recipe: Readonly<Record<string, string>>,
  resolve: Resolve,
): Promise<Candidate> {
  const started = performance.now();
  try {
    const { commit, tree, dirty, directory } = await resolve(algorithm.source);
    const repository = await readRepositorySettings(directory);
    const settings = resolveSettings(
      algorithm,
      repository.settings,
      `\`${repository.origin ?? "pyproject.toml"}\` of \`${algorithm.name}\``,
    );
    const python = pythonVersion(repository.requiresPython, settings.python);
    const dependencies = await readDependencies(directory);
    return {
      version: versionOf(tree, { ...recipe, python }),
      commit: dirty ? `${commit}-dirty` : commit,
      directory,
      settings: { ...settings, python },
      dependencies: dependencies.fingerprint,
      stages: { resolve: Math.round(performance.now() - started) },
    };
  } catch (caught) {
    const thrown = explainFullDisk(caught);
    // Anything else is a bug of ours, or the machine's trouble: it shows its stack, and is no concern of the others.
    if (thrown instanceof UserError) return { problem: thrown.message };
    return { problem: thrown instanceof Error && thrown.stack ? thrown.stack : messageOf(thrown) };
  }
}
