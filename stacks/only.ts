import { UserError } from "../errors.ts";

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
  if (unknown.length > 0) throw unknownAlgorithm(unknown, all);
  return all.filter((algorithm) => names.includes(algorithm.name));
}

/** The error for names that the registry does not have. */
export function unknownAlgorithm(names: readonly string[], all: readonly { readonly name: string }[]): UserError {
  const given = names.map((name) => `\`${name}\``).join(", ");
  const known = all.map(({ name }) => `\`${name}\``).join(", ");
  return new UserError(`There is no algorithm ${given} in the registry. Choose from ${known}.`);
}
