import type { z } from "zod";
import { defaultLane, isName, nameRule, objectName } from "./names.ts";
import { defaultMaximum, type namespaceSchema, type registryPartSchema } from "./schema.ts";
import { formatDuration } from "./units.ts";
import { didYouMean, type Path, type Place, quoted, shown } from "./wording.ts";

type Values<Schema extends z.ZodType> = { [Field in keyof z.output<Schema>]?: z.output<Schema>[Field] | undefined };

/** What of an algorithm's registry fields parsed; what did not is left out, so that the rest is checked all the same. */
export type AlgorithmValues = Values<typeof registryPartSchema> & { name: string };

/** What of a namespace's fields parsed. */
export type NamespaceValues = Values<typeof namespaceSchema> & { name: string };

/** The durations that must fit each other, in milliseconds; undefined where they are not known here. */
export interface SettingsDurations {
  startToClose?: number | undefined;
  heartbeat?: number | undefined;
  scheduleToClose?: number | undefined;
  initialInterval?: number | undefined;
  maximumInterval?: number | undefined;
}

/** What is wrong between the fields of one algorithm, and between it and the namespaces. */
export function algorithmProblems(algorithm: AlgorithmValues, namespaces: readonly string[], place: Place): string[] {
  return [
    ...unknownNamespace(algorithm, namespaces, place),
    ...scalingProblems(algorithm, place),
    ...doubleVariables(algorithm, place),
  ];
}

function unknownNamespace({ namespace }: AlgorithmValues, namespaces: readonly string[], place: Place): string[] {
  if (namespace === undefined || namespaces.includes(namespace)) return [];
  const otherwise = namespaces.length === 0 ? "Add it to `namespaces`." : `The namespaces are ${quoted(namespaces)}.`;
  const nearest = didYouMean(namespace, namespaces, otherwise);
  return [`${place(["namespace"])} is ${shown(namespace)}, which is not a key of \`namespaces\`. ${nearest}`];
}

function scalingProblems({ scaling, lanes, state }: AlgorithmValues, place: Place): string[] {
  const own = scaling ? [{ path: ["scaling"], scaling }] : [];
  // A lane holds the algorithm's scaling where it has none of its own, so one problem is told once.
  const ofLanes = Object.entries(lanes ?? {})
    .filter(([, lane]) => lane.scaling.min !== scaling?.min || lane.scaling.max !== scaling?.max)
    .map(([name, lane]) => ({ path: ["lanes", name, "scaling"], scaling: lane.scaling }));
  return [...own, ...ofLanes].flatMap(({ path, scaling: { min, max = defaultMaximum(state) } }) => {
    if (state?.sharing === "exclusive" && max > 1) {
      const problem = `${place([...path, "max"])} is ${max}, but workers with an exclusive \`state\` cannot share it.`;
      return [`${problem} Set \`max\` to 1, or \`state.sharing\` to "cache".`];
    }
    if (min <= max) return [];
    return [`${place([...path, "min"])} is ${min} but \`max\` is ${max}. Lower \`min\` or raise \`max\`.`];
  });
}

function doubleVariables({ env, secrets }: AlgorithmValues, place: Place): string[] {
  return Object.keys(env ?? {})
    .filter((variable) => Object.hasOwn(secrets ?? {}, variable))
    .map((variable) => `${place(["env", variable])} is in \`secrets\` too. Remove one of them.`);
}

/** What is wrong between names of different algorithms: their lanes' objects would have the same name. */
export function collisionProblems(algorithms: readonly AlgorithmValues[], place: Place): string[] {
  const users = new Map<string, string>();
  return algorithms.flatMap(({ name, lanes }) =>
    Object.keys(lanes ?? { [defaultLane]: {} }).flatMap((lane) => {
      const object = objectName(name, lane);
      const path = lane === defaultLane ? ["algorithms", name] : ["algorithms", name, "lanes", lane];
      const other = users.get(object);
      users.set(object, other ?? place(path));
      return other ? [`${place(path)} and ${other} would both be called \`${object}\`. Rename one of them.`] : [];
    }),
  );
}

/** What is wrong with the namespaces, each and among themselves. */
export function namespaceProblems(namespaces: readonly NamespaceValues[], place: Place): string[] {
  const users = new Map<string, string>();
  return namespaces.flatMap((namespace) => {
    const { name, address = "", temporalName = name } = namespace;
    const at = place(["namespaces", name]);
    const identity = `${address}/${temporalName}`;
    const other = users.get(identity);
    users.set(identity, other ?? at);
    const same = `${at} and ${other} are the same Temporal namespace, \`${temporalName}\`.`;
    return [
      ...(isName(name) ? [] : [`${at} is not a valid name. ${nameRule()}`]),
      ...(other ? [`${same} Give one another \`temporalName\`, or remove it.`] : []),
      ...(temporalName === "temporal-system"
        ? [`${at} is \`temporal-system\`, Temporal's own. Choose another name.`]
        : []),
      ...unmanagedProblems(namespace, place),
    ];
  });
}

function unmanagedProblems({ name, manage, adopt, deleteWithStack }: NamespaceValues, place: Place): string[] {
  if (manage !== false) return [];
  return Object.entries({ adopt, deleteWithStack })
    .filter(([, given]) => given)
    .map(([field]) => `${place(["namespaces", name, field])} is true, but \`manage\` is false. Remove one of them.`);
}

/** What is wrong between the settings of one algorithm. */
export function settingsProblems(durations: SettingsDurations, place: Place): string[] {
  const { startToClose, heartbeat, scheduleToClose, initialInterval, maximumInterval } = durations;
  const problems: string[] = [];
  const refuse = (path: Path, value: number, other: string, otherValue: number, rule: string) =>
    problems.push(
      `${place(path)} is ${formatDuration(value)} but \`${other}\` is ${formatDuration(otherValue)}. ${rule}`,
    );
  if (heartbeat !== undefined && startToClose !== undefined && heartbeat >= startToClose) {
    refuse(["timeouts", "heartbeat"], heartbeat, "startToClose", startToClose, "A heartbeat must be shorter.");
  }
  if (scheduleToClose !== undefined && startToClose !== undefined && scheduleToClose < startToClose) {
    const rule = "All attempts together cannot take less than one.";
    refuse(["timeouts", "scheduleToClose"], scheduleToClose, "startToClose", startToClose, rule);
  }
  if (maximumInterval !== undefined && initialInterval !== undefined && maximumInterval < initialInterval) {
    const rule = "Raise `maximumInterval`.";
    refuse(["retry", "maximumInterval"], maximumInterval, "initialInterval", initialInterval, rule);
  }
  return problems;
}
