import { fileURLToPath } from "node:url";
import { type Outcome, startIn } from "./project.ts";
import { pythonWithTemporal } from "./python.ts";

/** What Temporal says of a workflow of one activity. */
export interface Facts {
  readonly workflow: string;
  readonly answer: string;
  readonly attempt: number;
  readonly identity: string;
  /** Milliseconds since 1970, by Temporal. */
  readonly startedAt: number;
  /** The attempts before it, where the load has a time-out. */
  readonly earlier: readonly Pick<Facts, "identity" | "startedAt">[];
}

/** An attempt that came to nothing. */
export interface LostAttempt extends Pick<Facts, "identity" | "startedAt"> {
  /** By then another one had started. */
  readonly endedBy: number;
}

/** The attempts of an activity before the one that succeeded. */
export function lostAttempts({ earlier, startedAt }: Facts): LostAttempt[] {
  return earlier.map((held, index) => ({ ...held, endedBy: earlier[index + 1]?.startedAt ?? startedAt }));
}

export interface Load {
  /** Temporal's address. */
  readonly address: string;
  readonly namespace: string;
  /** The task queue of an algorithm with an activity `work`, which takes the seconds that it is to last. */
  readonly queue: string;
  /** How many workflows are started. */
  readonly count: number;
  /** Seconds that an activity lasts: drawn from between the two. */
  readonly shortest: number;
  readonly longest: number;
  /** Seconds over which the workflows are started. */
  readonly within: number;
  /** Seconds that an attempt may take, after which there is another. @default ten minutes */
  readonly timeout?: number;
}

/** Makes of a command the one that runs it elsewhere. */
type Elsewhere = (command: readonly string[]) => readonly string[];

/** A load that goes on. */
export interface RunningLoad {
  /** Starts no more workflows than those of its count; answers what the histories of all say, once all are complete. */
  readonly enough: () => Promise<Facts[]>;
}

/** Runs workflows of one activity each to their end, and answers what their histories say. */
export async function runLoad(load: Load, elsewhere?: Elsewhere): Promise<Facts[]> {
  return factsIn(await (await started(load, [], elsewhere)).outcome);
}

/** Starts workflows at the pace of a load, its count of them or more: until it is enough. */
export async function startLoad(load: Load, elsewhere?: Elsewhere): Promise<RunningLoad> {
  const { child, outcome } = await started(load, ["--until-told"], elsewhere);
  // It may fail before anybody asks.
  outcome.catch(() => undefined);
  const enough = async () => {
    child.kill("SIGTERM");
    return factsIn(await outcome);
  };
  return { enough };
}

async function started(load: Load, more: readonly string[], elsewhere: Elsewhere = (command) => command) {
  const script = fileURLToPath(new URL("load.py", import.meta.url));
  const flags = Object.entries(load).map(([name, value]) => `--${name}=${value}`);
  const [program = "", ...args] = elsewhere([await pythonWithTemporal(), script, ...flags, ...more]);
  return startIn("/", program, args);
}

function factsIn({ code, stdout, stderr }: Outcome): Facts[] {
  if (code !== 0) throw new Error(stderr);
  // Before them the SDK tells there that a server is away.
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}
