import { UserError } from "../../errors.ts";
import { resolveRegistry } from "../../registry/resolve.ts";

/** A registry with one right algorithm, `ranker`, to which a test adds what it is about. */
export function registryWith(algorithm: object = {}, others: object = {}): object {
  const ranker = {
    namespace: "search",
    owner: "relevance",
    source: { git: "https://git.acme.example/ranker" },
    ...algorithm,
  };
  return { namespaces: { search: { owner: "search-platform" } }, algorithms: { ranker }, ...others };
}

/** The problems that a registry is refused for; none when it is right. */
export function problemsOf(registry: unknown, stack = "dev"): readonly string[] {
  return problemsIn(() => resolveRegistry(registry, stack));
}

/** The problems of the UserError that an action throws; none when it does not. */
export function problemsIn(action: () => unknown): readonly string[] {
  try {
    action();
    return [];
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown.problems.length > 0 ? thrown.problems : [thrown.message];
    throw thrown;
  }
}
