import { UserError } from "../errors.ts";
import { defaultPython } from "./schema.ts";

const versions = [10, 11, 12, 13, 14];
const clausePattern =
  /^(~=|===|==|!=|<=|>=|<|>)\s*v?(\d+(?:\.\d+)*)(\.\*)?(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|post|dev)[-_.]?\d*)*$/i;

interface Clause {
  operator: string;
  release: number[];
  wildcard: boolean;
}

/**
 * Chooses the version of Python that a repository runs on.
 *
 * @param requiresPython `requires-python` of its `pyproject.toml`, such as ">=3.10,<3.13".
 * @param asked The version that its settings or the registry name; it is taken when `requires-python` admits it.
 * @returns `asked`, else 3.11 when it is admitted, else the lowest admitted version above it, else the highest below:
 *   "3.12", or "3.12.4" where only single patch releases are admitted.
 * @throws UserError when `requires-python` cannot be read, or admits no version that there is, or not the one asked for.
 */
export function pythonVersion(requiresPython: string | undefined, asked?: string): string {
  const clauses = parseSpecifier(requiresPython ?? "");
  if (clauses === undefined) {
    throw new UserError(
      `\`requires-python\` is ${JSON.stringify(requiresPython)}. Write versions such as ">=3.10" or ">=3.10,<3.13".`,
    );
  }
  if (asked !== undefined) return checkAsked(asked, clauses, requiresPython);
  const standard = Number(defaultPython.split(".")[1]);
  const above = versions.filter((minor) => minor >= standard);
  const below = versions.filter((minor) => minor < standard).reverse();
  const ordered = [...above, ...below];
  const whole = ordered.find((minor) => admits(clauses, [3, minor, latestPatch]));
  if (whole !== undefined) return `3.${whole}`;
  const single = ordered.flatMap((minor) => admittedPatch(clauses, minor) ?? [])[0];
  if (single !== undefined) return single;
  throw new UserError(
    `\`requires-python\` is ${JSON.stringify(requiresPython)}, which admits no version of Python from 3.10 to 3.14. Widen it.`,
  );
}

/** Stands for the newest patch release of a version, which is the one that gets installed. */
const latestPatch = 99;

function checkAsked(asked: string, clauses: readonly Clause[], requiresPython = ""): string {
  const [major = 3, minor = 0, patch] = asked.split(".").map(Number);
  if (admits(clauses, [major, minor, patch ?? latestPatch])) return asked;
  if (patch === undefined) {
    const single = admittedPatch(clauses, minor);
    if (single !== undefined) return single;
  }
  throw new UserError(
    `\`python\` is "${asked}", which \`requires-python\` ${JSON.stringify(requiresPython)} does not admit. Change one of them.`,
  );
}

function admittedPatch(clauses: readonly Clause[], minor: number): string | undefined {
  const patches = Array.from({ length: latestPatch }, (_, index) => latestPatch - 1 - index);
  const patch = patches.find((candidate) => admits(clauses, [3, minor, candidate]));
  return patch === undefined ? undefined : `3.${minor}.${patch}`;
}

function parseSpecifier(specifier: string): Clause[] | undefined {
  const parts = specifier
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const clauses = parts.map(parseClause);
  return clauses.every((clause) => clause !== undefined) ? clauses : undefined;
}

function parseClause(part: string): Clause | undefined {
  const [, operator, release, wildcard] = clausePattern.exec(part) ?? [];
  if (operator === undefined || release === undefined) return undefined;
  return { operator, release: release.split(".").map(Number), wildcard: wildcard !== undefined };
}

function admits(clauses: readonly Clause[], version: readonly number[]): boolean {
  return clauses.every((clause) => satisfies(clause, version));
}

function satisfies({ operator, release, wildcard }: Clause, version: readonly number[]): boolean {
  const order = compare(version, release);
  const within = compare(version.slice(0, release.length), release) === 0;
  const same = wildcard ? within : order === 0;
  switch (operator) {
    case "==":
    case "===":
      return same;
    case "!=":
      return !same;
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case "<":
      return order < 0;
    default: // ~=
      return order >= 0 && compare(version.slice(0, release.length - 1), release.slice(0, -1)) === 0;
  }
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
