import { setTimeout as sleep } from "node:timers/promises";
import { localRecipe } from "../../components/local/local-platform.ts";
import { runsOnLocal } from "../../components/local/unapplied.ts";
import type { Candidate } from "../../components/release.ts";
import { messageOf } from "../../errors.ts";
import type { Algorithm } from "../../registry/resolve.ts";
import { runtimeDigest } from "../../runtime/worker-runtime.ts";
import { resolveCandidates } from "../../stacks/candidates.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { type Context, contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { WrongUse } from "../errors.ts";
import { runtimeOf } from "../runtime-of.ts";
import { commandOn } from "../sentence.ts";
import { update } from "../update.ts";
import { type Tell, tellJson, tellPeople } from "../watch-lines.ts";

/** Milliseconds between two looks at the registry and the repositories. */
const interval = 2000;

type Candidates = ReadonlyMap<string, Candidate>;

/** What the last look saw, as far as a change of it is a reason to deploy. */
interface Seen {
  registry: string;
  readonly outcomes: Map<string, string>;
}

/**
 * `watch`: looks at the registry and at the sources of all or the named algorithms, and deploys what changed, until it is
 * interrupted.
 */
export async function watch(names: readonly string[], options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const tell = context.json ? tellJson : tellPeople;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());

  await refuseElsewhere(context);
  await watched(context, names); // What is wrong now is wrong use; later it is being edited.
  const seen: Seen = { registry: "", outcomes: new Map() };
  let problem = "";
  while (!stop.signal.aborted) {
    // A failure is told, once, and does not end the watch: the next commit or edit may mend it.
    const failure = await look(context, names, seen, tell).then(() => "", messageOf);
    if (failure !== "" && failure !== problem) tell({ event: "problem", message: failure });
    problem = failure;
    await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  return 0;
}

/** Workers of a cluster are deployed by whoever may, once a commit: not by every machine where somebody watches. */
async function refuseElsewhere(context: Context): Promise<void> {
  if ((await runtimeOf(context)).watches) return;
  const command = commandOn(context.stack, "deploy");
  throw new WrongUse(
    `\`watch\` is for the platform \`local\`. On the cluster of the stack \`${context.stack}\` run \`${command}\` for each commit.`,
  );
}

async function look(context: Context, names: readonly string[], seen: Seen, tell: Tell): Promise<void> {
  const algorithms = await watched(context, names);
  const registry = JSON.stringify(algorithms);
  if (registry !== seen.registry) {
    seen.registry = registry;
    seen.outcomes.clear(); // Whatever an entry says may have changed: the engine finds what did.
    tell({ event: "watching", algorithms: algorithms.map(({ name }) => name) });
  }
  const options = { cache: cacheDirectory(), projectDirectory: context.root };
  const candidates = await resolveCandidates(algorithms, localRecipe(await runtimeDigest()), options);
  const outcomes = [...candidates].map(([name, candidate]) => [name, outcomeOf(candidate)] as const);
  const changed = outcomes.filter(([name, outcome]) => seen.outcomes.get(name) !== outcome);
  if (changed.length === 0) return;
  const only = changed.map(([name]) => name);
  await deployChanged(context, only, candidates, tell);
  // Only now: where nothing was tried, the next look tries again.
  for (const [name, outcome] of changed) seen.outcomes.set(name, outcome);
}

async function deployChanged(context: Context, only: readonly string[], candidates: Candidates, tell: Tell) {
  // Who waited for another run, which may have deployed a newer commit, looks again.
  let resolve: typeof resolveCandidates = async () => candidates;
  const onWait = () => {
    resolve = resolveCandidates;
  };
  const stack = await openStack(context, { create: true, only, resolve: (...args) => resolve(...args) });
  tell({ event: "deployed", report: await update(context, stack, only, { onWait }) });
}

async function watched(context: Context, names: readonly string[]): Promise<readonly Algorithm[]> {
  const { algorithms } = await loadRegistry(context.root, context.stack);
  return onlyNamed(algorithms.filter(runsOnLocal), names);
}

/** What a look found, as far as a change of it is a reason to deploy. */
function outcomeOf(candidate: Candidate): string {
  return "version" in candidate ? candidate.version : candidate.problem;
}
