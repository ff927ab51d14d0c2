import { isAutonamed } from "./check.ts";
import { type Change, compare, formatPath, isWithin, parsePath } from "./compare.ts";
import type { Configuration } from "./configuration.ts";
import { type JsonObject, withAt, withoutAt } from "./json.ts";
import { normalized } from "./manifest.ts";
import { nameOf, namespaceOf } from "./object.ts";
import { immutablePaths, needsReplacement } from "./replace.ts";
import { settle } from "./settle.ts";
import type { State } from "./state.ts";

/** What a change of inputs does to an object. */
export interface Difference {
  readonly changes: readonly DetailedChange[];
  /** The old object has to go first, since the new one has its name. */
  readonly deleteBeforeReplace: boolean;
}

/** One change, as the engine shows it. */
export interface DetailedChange {
  readonly path: string;
  readonly kind: Change["kind"];
  readonly replaces: boolean;
}

/** What a diff is made of. */
export interface DiffRequest {
  readonly state: State;
  /** What the program asks for, without secrets. */
  readonly news: JsonObject;
  readonly ignoreChanges: readonly string[];
  readonly configuration: Pick<Configuration, "configMapMutable" | "secretMutable">;
  /** Whether the kind has namespaces. */
  readonly namespaced: boolean;
}

/** Compares what the program asks for with what the last run or refresh saw of the object, without asking the server. */
export function diff({ state, news, ignoreChanges, configuration, namespaced }: DiffRequest): Difference {
  const before = inNamespace(settle(state.inputs, state.live), namespaced);
  const wanted = inNamespace(normalized(news), namespaced);
  const paths = immutablePaths(wanted, configuration);
  const ignored = ignoreChanges.map(parsePath);
  const changes = compare(before, wanted)
    .filter(({ path }) => !ignored.some((one) => isWithin(path, one)))
    .map((change) => ({
      path: formatPath(change.path),
      kind: change.kind,
      replaces: needsReplacement(change, paths) || (change.kind === "delete" && formatPath(change.path) === "metadata"),
    }));
  return { changes, deleteBeforeReplace: takesItsName(wanted, state.live) };
}

/** Not naming the default namespace is the same as naming it, and kinds without namespaces have none. */
function inNamespace(object: JsonObject, namespaced: boolean): JsonObject {
  if (!namespaced) return withoutAt(object, ["metadata", "namespace"]);
  return namespaceOf(object) === undefined ? withAt(object, ["metadata", "namespace"], "default") : object;
}

function takesItsName(wanted: JsonObject, live: JsonObject): boolean {
  const isSame = nameOf(wanted) === nameOf(live) && namespaceOf(wanted) === namespaceOf(live);
  return isSame && nameOf(wanted) !== "" && !isAutonamed(wanted);
}
