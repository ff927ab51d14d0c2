import type { Candidate } from "../components/release.ts";
import { resolveCandidates } from "../stacks/candidates.ts";

/**
 * A `resolveCandidates` that asks each algorithm's source once, so that the program and the table after it tell the same,
 * even when a commit came in between.
 */
export function rememberingResolver(): typeof resolveCandidates {
  const known = new Map<string, Candidate>();
  return async (algorithms, recipe, options) => {
    const unknown = algorithms.filter(({ name }) => !known.has(name));
    for (const [name, candidate] of await resolveCandidates(unknown, recipe, options)) known.set(name, candidate);
    return known;
  };
}
