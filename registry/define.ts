import type { z } from "zod";
import type { algorithmSchema, defaultsSchema, namespaceSchema, overrideSchema } from "./schema.ts";

type WrittenNamespace = z.input<typeof namespaceSchema>;
type WrittenAlgorithm = z.input<typeof algorithmSchema>;
type WrittenDefaults = z.input<typeof defaultsSchema>;
type WrittenOverride = z.input<typeof overrideSchema>;

type KeysOf<Union> = Union extends unknown ? keyof Union : never;

/** One of the members of a union of objects, and no field of another one. */
type OneOf<Union, Keys extends PropertyKey = KeysOf<Union>> = Union extends unknown
  ? Union & { [Key in Exclude<Keys, keyof Union>]?: never }
  : never;

/** One Temporal namespace, as `algorithms.config.ts` writes it. */
export interface NamespaceInput extends WrittenNamespace {}

/** One algorithm, as `algorithms.config.ts` writes it. */
export interface AlgorithmInput<Namespaces extends string = string> extends WrittenAlgorithm {
  /** Temporal namespace; one of the keys of `namespaces`. */
  namespace: Namespaces;
  /** Where the code is: one of `{ git, ref, subdir, include }`, `{ path }`, `{ image }`, `{ mock }`. */
  source: OneOf<WrittenAlgorithm["source"]>;
}

/** What applies to every algorithm that does not say otherwise. */
export interface DefaultsInput extends WrittenDefaults {}

/** What one stack changes of one algorithm. */
export interface OverrideInput<Namespaces extends string = string> extends WrittenOverride {
  /** Temporal namespace in this stack; one of the keys of `namespaces`. */
  namespace?: Namespaces;
  /** Another source, or single fields of the same `git` source, such as `{ ref: "release" }`. */
  source?: OneOf<NonNullable<WrittenOverride["source"]>>;
}

/** The registry, as `algorithms.config.ts` writes it. */
export interface RegistryInput<Namespaces extends string = string, Algorithms extends string = string> {
  /** Temporal namespaces by key. */
  namespaces: Record<Namespaces, NamespaceInput>;
  /** Algorithms by name: lower-case letters, digits and dashes, at most 30 characters. */
  algorithms: Record<Algorithms, AlgorithmInput<NoInfer<Namespaces>>>;
  /** What applies to every algorithm that does not say otherwise. */
  defaults?: DefaultsInput;
  /** What single stacks change, by the stack's name and the algorithm's. */
  stacks?: Record<string, { [Name in NoInfer<Algorithms>]?: OverrideInput<NoInfer<Namespaces>> }>;
}

/**
 * Types the registry, and gives it back as it is: a wrong field, namespace, duration or quantity is marked in the editor.
 * What types cannot see is checked when a stack is resolved, all of it at once.
 *
 * @example
 * export default defineAlgorithms({
 *   namespaces: { speech: { owner: "speech-platform" } },
 *   algorithms: {
 *     "speaker-id": { namespace: "speech", owner: "voice-research", source: { git: "https://github.com/acme/speaker-id" } },
 *   },
 *   stacks: { prod: { "speaker-id": { source: { ref: "release" }, scaling: { min: 1 } } } },
 * });
 */
export function defineAlgorithms<const Namespaces extends string, const Algorithms extends string>(
  registry: RegistryInput<Namespaces, Algorithms>,
): RegistryInput<Namespaces, Algorithms> {
  return registry;
}
