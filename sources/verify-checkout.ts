import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../errors.ts";
import { declaredDependencies } from "./dependencies.ts";
import { includeAdvice } from "./include-advice.ts";
import { printable } from "./nearest.ts";

/**
 * That what an algorithm depends on is in its checkout, as far as it is on this machine at all.
 *
 * @param top The checkout's top.
 * @param subdir The algorithm's folder below it.
 * @param hasInclude Whether the source has an `include` that can be made longer.
 * @throws UserError naming each path dependency that lies outside, or when the dependencies cannot be read.
 */
export async function verifyCheckout(top: string, subdir: string, hasInclude: boolean): Promise<void> {
  const directory = path.join(top, subdir);
  const { localPackages } = await declaredDependencies(directory, { top, hasInclude });
  const problems = localPackages.flatMap(({ place, origin }) => {
    const whole = path.resolve(directory, place);
    const inTop = path.relative(top, whole);
    if (existsSync(whole) && !inTop.startsWith("..") && !path.isAbsolute(inTop)) return [];
    return [`\`${origin}\` depends on \`${printable(place)}\`. ${includeAdvice(inTop, hasInclude)}`];
  });
  if (problems.length > 0) throw new UserError("Path dependencies are not in what is checked out.", problems);
}
