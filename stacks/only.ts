import { UserError } from "../errors.ts";
import { didYouMean, quoted } from "../registry/wording.ts";

/**
 * The algorithms of these names, or all when there is no name.
 *
 * @throws UserError for a name that the registry does not have.
 */
export function onlyNamed<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[],
): readonly T[] {
  if (names.length === 0) return all;
  const unknown = names.filter((name) => !all.some((algorithm) => algorithm.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name);
    const choice = unknown.map((name) => didYouMean(name, known, `Choose from ${quoted(known)}.`));
    throw new UserError(`There is no algorithm ${quoted(unknown)} in the registry. ${[...new Set(choice)].join(" ")}`);
  }
  return all.filter((algorithm) => names.includes(algorithm.name));
}
