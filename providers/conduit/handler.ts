/** Properties of a resource as the engine hands them over: plain JSON, with unknown values of a preview as a marker string. */
export type Properties = Readonly<Record<string, unknown>>;

/** What `diff` answers; as in Pulumi's own provider interface. */
export interface Difference {
  readonly changes: boolean;
  readonly replaces?: string[];
  /** Whether the old one has to go first: it holds what the new one needs. */
  readonly deleteBeforeReplace?: boolean;
}

/** Takes a few words on what is being done. */
export type Tell = (what: string) => void;

/** One resource type of the provider. Creates are idempotent: a run that was killed half-way is repaired by the next one. */
export interface ResourceHandler {
  /** The resource's id; stable for its whole life. */
  id(inputs: Properties): string;
  /** Completes the new inputs; left out when there is nothing to complete. */
  check?(olds: Properties, news: Properties): Properties;
  /** Compares the recorded outputs with the new inputs and, where that is cheap, with the world. Throws only what ends the whole run. */
  diff(olds: Properties, news: Properties): Promise<Difference>;
  /** @param tell Told what takes long, for people who wait. */
  create(inputs: Properties, tell?: Tell): Promise<Properties>;
  update(olds: Properties, news: Properties, tell?: Tell): Promise<Properties>;
  /** The live properties, or undefined when the thing is gone. */
  read(props: Properties): Promise<Properties | undefined>;
  delete(props: Properties): Promise<void>;
}

/** What the engine sends instead of a value that only the update will know. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether any value below is not known yet, as in the preview of a resource that depends on a changed one. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(hasUnknown);
}

/** Compares the named properties by content. */
export function sameProperties(olds: Properties, news: Properties, names: readonly string[]): boolean {
  return names.every((name) => canonical(olds[name]) === canonical(news[name]));
}

/** JSON with sorted keys, so that equal content gives equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
