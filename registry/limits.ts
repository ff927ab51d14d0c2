import { merge } from "./merge.ts";
import { own, type Table } from "./plain.ts";
import type { Algorithm, Limits } from "./resolve.ts";
import { settingsSchema } from "./schema.ts";
import { formatCpu, formatDuration, formatMemory } from "./units.ts";
import type { Path, Place } from "./wording.ts";

interface Bound {
  /** The field of `limits`. */
  limit: keyof Limits;
  /** The setting that it bounds. */
  path: [string, ...string[]];
  /** How the value is written. */
  write: (value: number) => string | number;
}

const asNumber = (value: number) => value;

const bounds: readonly Bound[] = [
  { limit: "cpu", path: ["cpu"], write: formatCpu },
  { limit: "memory", path: ["memory"], write: formatMemory },
  { limit: "gpu", path: ["gpu"], write: asNumber },
  { limit: "concurrency", path: ["concurrency"], write: asNumber },
  { limit: "startToClose", path: ["timeouts", "startToClose"], write: formatDuration },
  { limit: "scheduleToClose", path: ["timeouts", "scheduleToClose"], write: formatDuration },
  { limit: "startup", path: ["timeouts", "startup"], write: formatDuration },
  { limit: "maximumAttempts", path: ["retry", "maximumAttempts"], write: asNumber },
  { limit: "shutdownGrace", path: ["shutdownGrace"], write: formatDuration },
];

/** Defaults that the limits do not bound here: what they are depends on other settings. */
const derived = new Set<keyof Limits>(["shutdownGrace"]);

/**
 * What the repository asks for beyond the algorithm's limits. What the registry sets itself counts instead of the
 * repository's, and is not bounded: it is the word of those who set the limits.
 *
 * @param asked The repository's settings, valid and as written.
 */
export function limitProblems(asked: Table, algorithm: Algorithm, place: Place): string[] {
  const values = settingsSchema.parse(asked);
  return bounds.flatMap(({ limit, path, write }) => {
    const most = algorithm.limits[limit];
    const value = numberAt(values, path);
    const overridden = valueAt(algorithm.settings, path) !== undefined;
    if (most === undefined || value === undefined || overridden || valueAt(asked, path) === undefined) return [];
    if (!exceeds(limit, value, most)) return [];
    const bound = `\`algorithms.${algorithm.name}.limits.${limit}\` in the registry is ${write(most)}`;
    return [
      `${place(path)} is ${write(value)}, but ${bound}. Ask for at most that, or have the registry's owners raise the limit.`,
    ];
  });
}

/** Settings, valid and as written, with limits in the place of the defaults that exceed them. */
export function withinLimits(settings: unknown, limits: Limits): unknown {
  const defaults = settingsSchema.parse({});
  const lowered = bounds.flatMap(({ limit, path, write }) => {
    const most = limits[limit];
    if (most === undefined || derived.has(limit)) return [];
    const standard = numberAt(defaults, path);
    return standard === undefined || exceeds(limit, standard, most) ? [nested(path, write(most))] : [];
  });
  return [...lowered, settings].reduce((lower: unknown, upper) => merge(lower, upper), {});
}

/** 0 attempts mean that there is no end of them. */
function exceeds(limit: keyof Limits, value: number, most: number): boolean {
  return value > most || (limit === "maximumAttempts" && value === 0);
}

function nested([field, ...rest]: readonly string[], value: unknown): unknown {
  return field === undefined ? value : { [field]: nested(rest, value) };
}

function valueAt(settings: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, field) => own(value, String(field)), settings);
}

function numberAt(settings: unknown, path: Path): number | undefined {
  const value = valueAt(settings, path);
  return typeof value === "number" ? value : undefined;
}
