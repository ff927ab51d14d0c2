import type { z } from "zod";
import { UserError } from "../errors.ts";
import { algorithmProblems, collisionProblems, namespaceProblems, settingsProblems } from "./checks.ts";
import { type Frozen, freeze } from "./frozen.ts";
import { type LayeredAlgorithm, layerAlgorithms } from "./layers.ts";
import { merge } from "./merge.ts";
import { defaultLane, objectName, taskQueue } from "./names.ts";
import { isTable, own, plainCopy, refused, type Table, tableOf } from "./plain.ts";
import { accepts, fitFields } from "./problems.ts";
import {
  algorithmFields,
  defaultMaximum,
  namespaceSchema,
  partialNamespaceSchema,
  partialRegistryPartSchema,
  registryPartSchema,
  registrySchema,
  settingFields,
  settingsSchema,
} from "./schema.ts";
import { type Place, placeInRegistry, shown } from "./wording.ts";

type RegistryPart = z.output<typeof registryPartSchema>;

/** How many workers run: `idleAfter` in milliseconds. */
export type Scaling = Frozen<Omit<RegistryPart["scaling"], "max"> & { max: number }>;

/** Where an algorithm's code is; `kind` tells which of the four. */
export type Source = Frozen<RegistryPart["source"]>;

/** The most that an algorithm's repository may ask for: CPU in millicores, memory in bytes, durations in milliseconds. */
export type Limits = Frozen<RegistryPart["limits"]>;

/** The settings that the registry itself sets, as they were written; `resolveSettings` lays them over the repository's. */
export type SettingsInput = Frozen<z.input<typeof settingsSchema>>;

/** Fields of a Temporal namespace, `retention` in milliseconds. */
export type NamespaceSettings = Frozen<
  Omit<z.output<typeof namespaceSchema>, "temporalName"> & { temporalName: string }
>;

/** One Temporal namespace of the registry. */
export type Namespace = NamespaceSettings & {
  /** The key in `namespaces`. */
  readonly name: string;
};

/** One lane of an algorithm: its own task queue, objects and scaling. CPU in millicores, memory in bytes. */
export type Lane = Frozen<
  Omit<NonNullable<RegistryPart["lanes"]>[string], "scaling"> & {
    name: string;
    /** Name of its objects: `name`, or `name-lane`; at most 43 characters. */
    objectName: string;
    /** Its task queue: `name`, or `name.lane`. */
    taskQueue: string;
    scaling: Scaling;
  }
>;

/** One algorithm of the registry, resolved for a stack. */
export type Algorithm = Frozen<Omit<RegistryPart, "scaling" | "lanes">> & {
  readonly name: string;
  /** The namespace's name on the Temporal server; `namespace` is its key. */
  readonly temporalNamespace: string;
  readonly scaling: Scaling;
  /** At least one. */
  readonly lanes: readonly Lane[];
  readonly settings: SettingsInput;
};

/** The registry, resolved for a stack: frozen plain data. */
export interface Registry {
  readonly namespaces: readonly Namespace[];
  readonly algorithms: readonly Algorithm[];
}

/**
 * Reads what `algorithms.config.ts` exports by default: the only door to the registry.
 *
 * @param input Anything; what is no registry is refused.
 * @param stack The stack whose overrides apply.
 * @throws UserError with every problem there is, those of other stacks' overrides included.
 */
export function resolveRegistry(input: unknown, stack: string): Registry {
  const { value, problems } = plainCopy(input, placeInRegistry);
  if (value === refused) throw problemsError(problems);
  if (!isTable(value)) {
    const given = value === undefined ? "has no default export" : `exports ${shown(value)}`;
    throw new UserError(
      `\`algorithms.config.ts\` ${given}. Write \`export default defineAlgorithms({ namespaces, algorithms })\`.`,
      problems,
    );
  }
  const top = fitFields(registrySchema, value, placeInRegistry);
  const namespaces = readNamespaces(tableOf(top.fits.namespaces));
  const layers = layerAlgorithms(top.fits, stack, placeInRegistry);
  const algorithms = readAlgorithms(layers.algorithms, namespaces.names);
  const all = [...problems, ...top.problems, ...namespaces.problems, ...layers.problems, ...algorithms.problems];
  if (all.length > 0) throw problemsError(all);
  return freeze(buildRegistry(top.fits, layers.algorithms));
}

function problemsError(problems: readonly string[]): UserError {
  const unique = [...new Set(problems)];
  return new UserError(
    `\`algorithms.config.ts\` has ${unique.length} problem${unique.length === 1 ? "" : "s"}.`,
    unique,
  );
}

function readNamespaces(written: Table): { names: string[]; problems: string[] } {
  const problems: string[] = [];
  const parsed = Object.entries(written).map(([name, fields]) => {
    const found = fitFields(namespaceSchema, fields, (path) => placeInRegistry(["namespaces", name, ...path]));
    problems.push(...found.problems);
    return { name, ...partialNamespaceSchema.safeParse(found.fits).data };
  });
  return { names: Object.keys(written), problems: [...problems, ...namespaceProblems(parsed, placeInRegistry)] };
}

function readAlgorithms(layered: readonly LayeredAlgorithm[], namespaces: readonly string[]): { problems: string[] } {
  const problems: string[] = [];
  const parsed = layered.map(({ name, fields, complete }) => {
    const place = (path: readonly PropertyKey[]) => placeInRegistry(["algorithms", name, ...path]);
    const found = fitFields(registryPartSchema, registryPart(fields), place);
    if (complete) problems.push(...found.problems);
    const algorithm = { name, ...partialRegistryPartSchema.safeParse(found.fits).data };
    problems.push(...algorithmProblems(algorithm, namespaces, place), ...ownSettingsProblems(fields, place));
    return algorithm;
  });
  return { problems: [...problems, ...collisionProblems(parsed, placeInRegistry)] };
}

/** What is wrong between the settings that the registry sets itself; the repository may give the others. */
function ownSettingsProblems(fields: Table, place: Place): string[] {
  const parsed = settingsSchema.safeParse(pick(fields, Object.keys(settingFields))).data;
  if (parsed === undefined) return [];
  const { startToClose, heartbeat, scheduleToClose } = parsed.timeouts;
  const { initialInterval, maximumInterval } = parsed.retry;
  const written = (section: string, field: string) => own(own(fields, section), field) !== undefined;
  const durations = {
    startToClose: written("timeouts", "startToClose") ? startToClose : undefined,
    heartbeat,
    scheduleToClose,
    initialInterval: written("retry", "initialInterval") ? initialInterval : undefined,
    maximumInterval,
  };
  return settingsProblems(durations, place);
}

/** The fields that only the registry sets, each lane with the algorithm's scaling below its own. */
function registryPart(fields: Table): Table {
  const part = pick(fields, Object.keys(algorithmFields));
  if (!isTable(part.lanes)) return part;
  const lanes = Object.entries(part.lanes).map(([name, lane]) => {
    return [name, { ...tableOf(lane), scaling: merge(part.scaling, own(lane, "scaling")) }];
  });
  return { ...part, lanes: Object.fromEntries(lanes) };
}

function pick(fields: Table, names: readonly string[]): Table {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => names.includes(field)));
}

function buildRegistry(written: Table, layered: readonly LayeredAlgorithm[]): Registry {
  const namespaces = Object.entries(tableOf(written.namespaces)).map(([name, fields]) => {
    const { temporalName = name, ...others } = namespaceSchema.parse(fields);
    return { name, temporalName, ...others };
  });
  const temporalNames = new Map(namespaces.map(({ name, temporalName }) => [name, temporalName]));
  const algorithms = layered.map(({ name, fields }) => {
    const {
      scaling,
      lanes = { [defaultLane]: { scaling } },
      ...others
    } = registryPartSchema.parse(registryPart(fields));
    const settings = pick(fields, Object.keys(settingFields));
    if (!accepts(settingsSchema, settings)) throw new Error(`the settings of ${name} were checked, and do not parse`);
    const withMaximum = (given: RegistryPart["scaling"]) => ({
      ...given,
      max: given.max ?? defaultMaximum(others.state),
    });
    return {
      name,
      temporalNamespace: temporalNames.get(others.namespace) ?? others.namespace,
      ...others,
      scaling: withMaximum(scaling),
      lanes: Object.entries(lanes).map(([lane, fields]) => ({
        ...fields,
        name: lane,
        objectName: objectName(name, lane),
        taskQueue: taskQueue(name, lane),
        scaling: withMaximum(fields.scaling),
      })),
      settings,
    };
  });
  return { namespaces, algorithms };
}
