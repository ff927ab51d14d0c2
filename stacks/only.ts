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
  if (unknown.length > 0) {
    const given = unknown.map((name) => `\`${name}\``).join(", ");
    const known = all.map(({ name }) => `\`${name}\``).join(", ");
    throw new UserError(`There is no algorithm ${given} in the registry. Choose from ${known}.`);
  }
  return all.filter((algorithm) => names.includes(algorithm.name));
}
