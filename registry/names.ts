/** The longest name of an algorithm, and the longest key of a namespace. */
export const longestName = 30;

/** The longest name of a lane. `name-lane` then has at most 43 characters: 20 remain for suffixes of a DNS label. */
export const longestLaneName = 12;

/** The lane of an algorithm that has no `lanes`; its object and its task queue carry the algorithm's name alone. */
export const defaultLane = "default";

/** No lane may be called so: the trial of a new version has a task queue of this name, where nobody calls it. */
export const gateLane = "gate";

const namePattern = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** Whether `name` can name an algorithm, a namespace or a lane: lower-case letters, digits and dashes, a letter first. */
export function isName(name: string, longest = longestName): boolean {
  return name.length <= longest && namePattern.test(name);
}

/** How names must look, as a sentence that tells what to write. */
export function nameRule(longest = longestName): string {
  return `Use lower-case letters, digits and dashes, at most ${longest} characters, a letter first and no dash last.`;
}

/** Name of the objects (deployments, processes) that run a lane: `name`, or `name-lane` for any lane but `default`. */
export function objectName(algorithm: string, lane: string): string {
  return lane === defaultLane ? algorithm : `${algorithm}-${lane}`;
}

/** Task queue of a lane, within the algorithm's Temporal namespace: `name`, or `name.lane` for any lane but `default`. */
export function taskQueue(algorithm: string, lane: string): string {
  return lane === defaultLane ? algorithm : `${algorithm}.${lane}`;
}
