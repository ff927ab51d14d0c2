import { printable } from "./nearest.ts";

/**
 * How to make something of the repository part of the checkout.
 *
 * @param inTop Its path from the repository's top.
 * @param hasInclude Whether the source has an `include` that can be made longer.
 */
export function includeAdvice(inTop: string, hasInclude: boolean): string {
  if (inTop.startsWith("..") || inTop.startsWith("/"))
    return "It lies outside the repository: publish it as a package, or put it into the repository.";
  if (hasInclude) return `Correct the path, or add \`${printable(inTop)}\` to \`include\`.`;
  return "Put it into the algorithm's folder, or give the source as `{ git, subdir, include }`.";
}
