import type { z } from "zod";
import { UserError } from "../errors.ts";
import { settingsProblems } from "./checks.ts";
import { type Frozen, freeze } from "./frozen.ts";
import { limitProblems, withinLimits } from "./limits.ts";
import { merge } from "./merge.ts";
import { plainCopy } from "./plain.ts";
import { fitFields } from "./problems.ts";
import type { Algorithm, Lane } from "./resolve.ts";
import { defaultMaximumInterval, defaultShutdownGrace, settingsSchema } from "./schema.ts";
import { atPath, type Path } from "./wording.ts";

export { pythonVersion } from "./python-version.ts";

type Parsed = z.output<typeof settingsSchema>;

/**
 * Everything an algorithm runs with, as whole numbers: CPU in millicores, memory in bytes, every duration in milliseconds
 * (`timeouts.startToClose: 60000`). `units.ts` writes them as people do.
 */
export type Settings = Frozen<
  Omit<Parsed, "python" | "retry" | "shutdownGrace"> & {
    /** Version of the interpreter, such as "3.11". */
    python: string;
    retry: Omit<Parsed["retry"], "maximumInterval"> & { maximumInterval: number };
    shutdownGrace: number;
  }
>;

/** {@link Settings} whose `python` is missing where neither side sets it: `pythonVersion` chooses it then. */
export type SettingsBeforePython = Omit<Settings, "python"> & { readonly python?: string | undefined };

/**
 * Lays the registry's settings over those of the algorithm's repository, and fills the rest with defaults. A default that
 * exceeds one of the algorithm's `limits` is lowered to it; what the repository asks for beyond them is refused; what the
 * registry sets itself is not bounded.
 *
 * @param fromRepository The table `[tool.conduit]`, or undefined where there is none.
 * @param origin Where the table stands, as sentences say it: "`pyproject.toml` of `speaker-id`".
 * @throws UserError with every problem.
 */
export function resolveSettings(algorithm: Algorithm, fromRepository: unknown, origin: string): SettingsBeforePython {
  const place = (path: Path) => `${atPath(path, "[tool.conduit]")} in ${origin}`;
  const copy = plainCopy(fromRepository ?? {}, place);
  const asked = fitFields(settingsSchema, copy.value, place);
  const merged = merge(asked.fits, algorithm.settings);
  const parsed = settingsSchema.parse(withinLimits(merged, algorithm.limits));
  const problems = [
    ...copy.problems,
    ...asked.problems,
    ...limitProblems(asked.fits, algorithm, place),
    ...settingsProblems(
      { ...parsed.timeouts, ...parsed.retry },
      (path) => `${atPath(path, "settings")} of \`${algorithm.name}\``,
    ),
  ];
  if (problems.length > 0) {
    const count = `${problems.length} problem${problems.length === 1 ? "" : "s"}`;
    throw new UserError(`The settings of \`${algorithm.name}\` have ${count}.`, problems);
  }
  return freeze(complete(parsed, algorithm));
}

/** The settings of one lane: the algorithm's, with the lane's own CPU, memory, GPUs and concurrency. */
export function settingsOfLane<Given extends SettingsBeforePython>(settings: Given, lane: Lane): Given {
  const { cpu = settings.cpu, memory = settings.memory, gpu = settings.gpu, concurrency = settings.concurrency } = lane;
  return freeze({ ...settings, cpu, memory, gpu, concurrency });
}

/** How a new version takes over: as the registry says, else `replace` with a GPU or a volume of its own, else `surge`. */
export function rolloutOf(algorithm: Algorithm, settings: Pick<Settings, "gpu">): "surge" | "replace" {
  return algorithm.rollout ?? (settings.gpu > 0 || algorithm.state !== undefined ? "replace" : "surge");
}

function complete(parsed: Parsed, { limits }: Algorithm): SettingsBeforePython {
  const { timeouts, retry, shutdownGrace } = parsed;
  const grace = Math.min(defaultShutdownGrace(timeouts.startToClose), limits.shutdownGrace ?? Number.POSITIVE_INFINITY);
  return {
    ...parsed,
    retry: { ...retry, maximumInterval: retry.maximumInterval ?? defaultMaximumInterval(retry.initialInterval) },
    shutdownGrace: shutdownGrace ?? grace,
  };
}
