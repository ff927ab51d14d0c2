import { setTimeout as sleep } from "node:timers/promises";
import { localRecipe } from "../../components/local/local-platform.ts";
import { runsOnLocal } from "../../components/local/unapplied.ts";
import type { Candidate } from "../../components/release.ts";
import { messageOf } from "../../errors.ts";
import { runtimeDigest } from "../../runtime/worker-runtime.ts";
import { resolveCandidates } from "../../stacks/candidates.ts";
import { onlyNamed } from "../../stacks/only.ts";
import { loadRegistry } from "../../stacks/registry.ts";
import { cacheDirectory } from "../../tools/cache.ts";
import { contextOf, type GlobalOptions } from "../context.ts";
import { openStack } from "../engine.ts";
import { note } from "../terminal.ts";
import { summaryOf, update } from "../update.ts";

/** Milliseconds between two looks at the repositories. */
const interval = 2000;

/** `watch`: looks at the sources of all or the named algorithms, and deploys what changed, until it is interrupted. */
export async function watch(names: readonly string[], options: GlobalOptions): Promise<number> {
  const context = contextOf(options);
  const registry = await loadRegistry(context.root, context.stack);
  const algorithms = onlyNamed(registry.algorithms.filter(runsOnLocal), names);
  const recipe = localRecipe(await runtimeDigest());
  const look = () => resolveCandidates(algorithms, recipe, { cache: cacheDirectory(), projectDirectory: context.root });

  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  note(`Watching ${algorithms.map(({ name }) => name).join(", ")}. Stop with Ctrl-C.`);

  let seen = new Map<string, string>();
  while (!stop.signal.aborted) {
    const candidates = await look();
    const now = new Map([...candidates].map(([name, candidate]) => [name, outcomeOf(candidate)]));
    const changed = [...now].filter(([name, outcome]) => seen.get(name) !== outcome).map(([name]) => name);
    seen = now;
    if (changed.length > 0) {
      // Who waited for another run, which may have deployed a newer commit, looks again.
      let resolve: typeof resolveCandidates = async () => candidates;
      const onWait = () => {
        resolve = resolveCandidates;
      };
      // A failed update is told and does not end the watch: the next commit may mend it.
      await openStack(context, { create: true, only: changed, resolve: (...args) => resolve(...args) })
        .then((stack) => update(stack, changed, { onWait }))
        .then(
          (report) => note(summaryOf(report)),
          (thrown) => {
            // Nothing was tried: the next look tries again.
            for (const name of changed) seen.delete(name);
            note(messageOf(thrown));
          },
        );
    }
    await sleep(interval, undefined, { signal: stop.signal }).catch(() => undefined);
  }
  return 0;
}

/** What a look found, as far as a change of it is a reason to deploy. */
function outcomeOf(candidate: Candidate): string {
  return "version" in candidate ? candidate.version : candidate.problem;
}
