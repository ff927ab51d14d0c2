import type { z } from "zod";
import { mergeAlgorithm, sourceKind } from "./merge.ts";
import { gateLane, isName, longestLaneName, nameRule } from "./names.ts";
import { own, type Table, tableOf } from "./plain.ts";
import { type Fit, fitFields } from "./problems.ts";
import { algorithmSchema, defaultsSchema, overrideSchema, stackSchema } from "./schema.ts";
import { didYouMean, type Path, type Place, quoted } from "./wording.ts";

/** One algorithm with its defaults and its stack's overrides laid together, as written. */
export interface LayeredAlgorithm {
  name: string;
  fields: Table;
  /** Whether every layer was right, so that what the layers give together may be judged as a whole. */
  complete: boolean;
}

/** What a stack changes of one algorithm, as written. */
interface Override {
  stack: string;
  algorithm: string;
  written: unknown;
}

/** Every algorithm with the layers laid together, and what of the layers is wrong, other stacks' overrides included. */
export function layerAlgorithms(
  registry: Table,
  stack: string,
  place: Place,
): { algorithms: LayeredAlgorithm[]; problems: string[] } {
  const defaults = fitAt(defaultsSchema, own(registry, "defaults") ?? {}, ["defaults"], place);
  const written = Object.entries(tableOf(own(registry, "algorithms")));
  const stacks = Object.entries(tableOf(own(registry, "stacks")));
  const names = written.map(([name]) => name);
  const overrides = stacks.flatMap(([name, changes]) => overridesOf(name, changes));
  const layers = written.map(([name, fields]) => {
    const ofAlgorithm = overrides.filter(({ algorithm }) => algorithm === name);
    return layerAlgorithm(name, fields, { defaults, overrides: ofAlgorithm, stack, place });
  });
  const problems = [
    ...defaults.problems,
    ...stacks.flatMap(([name, changes]) => fitAt(stackSchema, changes, ["stacks", name], place).problems),
    ...overrides.flatMap((override) => unknownAlgorithm(override, names, place)),
    ...layers.flatMap((layer) => layer.problems),
  ];
  return { algorithms: layers.map(({ algorithm }) => algorithm), problems };
}

function overridesOf(stack: string, changes: unknown): Override[] {
  return Object.entries(tableOf(changes)).map(([algorithm, written]) => ({ stack, algorithm, written }));
}

function layerAlgorithm(
  name: string,
  written: unknown,
  { defaults, overrides, stack, place }: { defaults: Fit; overrides: Override[]; stack: string; place: Place },
): { algorithm: LayeredAlgorithm; problems: string[] } {
  const own = fitAt(algorithmSchema, written, ["algorithms", name], place);
  const base = mergeAlgorithm(defaults.fits, own.fits);
  const changes = overrides.map((override) => ({ ...override, ...fitOverride(override, base, place) }));
  const problems = [...nameProblems(name, place), ...own.problems, ...changes.flatMap((change) => change.problems)];
  const chosen = changes.find((change) => change.stack === stack)?.fits;
  const complete = isName(name) && [defaults, own, ...changes].every((layer) => layer.complete);
  return { algorithm: { name, fields: mergeAlgorithm(base, chosen), complete }, problems };
}

function fitAt(schema: z.ZodType, written: unknown, path: Path, place: Place): Fit {
  const found = fitFields(schema, written, (inner) => place([...path, ...inner]));
  const problems = Object.keys(tableOf(own(written, "lanes"))).flatMap((lane) => {
    const at = place([...path, "lanes", lane]);
    if (lane === gateLane)
      return [`${at} has the name of the task queue of new versions' trials. Choose another name.`];
    return isName(lane, longestLaneName) ? [] : [`${at} is not a valid name. ${nameRule(longestLaneName)}`];
  });
  return { ...found, problems: [...found.problems, ...problems], complete: found.complete && problems.length === 0 };
}

function fitOverride({ stack, algorithm, written }: Override, base: Table, place: Place): Fit {
  const path = ["stacks", stack, algorithm];
  const found = fitAt(overrideSchema, written, path, place);
  const { source, ...others } = found.fits;
  const kind = sourceKind(base.source);
  if (source === undefined || sourceKind(source) !== undefined || kind === undefined || kind === "git") return found;
  const given = `${place([...path, "source"])} sets ${quoted(Object.keys(tableOf(source)))} of a \`git\` source`;
  const problem = `${given}, but the source of \`${algorithm}\` is of the kind \`${kind}\`. Give the whole source.`;
  return { fits: others, problems: [...found.problems, problem], complete: false };
}

function unknownAlgorithm({ stack, algorithm }: Override, names: readonly string[], place: Place): string[] {
  if (names.includes(algorithm)) return [];
  const otherwise = names.length === 0 ? "There are no algorithms yet." : `The algorithms are ${quoted(names)}.`;
  const nearest = didYouMean(algorithm, names, otherwise);
  return [`${place(["stacks", stack, algorithm])} changes an algorithm that does not exist. ${nearest}`];
}

function nameProblems(name: string, place: Place): string[] {
  return isName(name) ? [] : [`${place(["algorithms", name])} is not a valid name. ${nameRule()}`];
}
