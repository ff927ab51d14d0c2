/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** What every call on a resource carries. */
export interface ResourceCall {
  readonly urn: string;
  /** The resource's type token, from the URN. */
  readonly type: string;
}

export interface CheckCall extends ResourceCall {
  /** The inputs recorded before; undefined for a new resource. */
  readonly olds: Json | undefined;
  readonly news: Json;
}

export interface DiffCall extends ResourceCall {
  readonly id: string;
  /** The recorded outputs. */
  readonly olds: Json;
  /** The recorded inputs. */
  readonly oldInputs: Json;
  readonly news: Json;
  readonly ignoreChanges: readonly string[];
}

export interface CreateCall extends ResourceCall {
  readonly inputs: Json;
  readonly preview: boolean;
  /** In seconds; 0 where the program set none. */
  readonly timeout: number;
}

export interface UpdateCall extends DiffCall {
  readonly preview: boolean;
  readonly timeout: number;
}

export interface ReadCall extends ResourceCall {
  readonly id: string;
  readonly outputs: Json;
  readonly inputs: Json;
}

export interface DeleteCall extends ResourceCall {
  readonly id: string;
  readonly outputs: Json;
  readonly inputs: Json;
  readonly timeout: number;
}

/** What changed: paths of properties, and what that asks for. */
export interface Difference {
  readonly changes: boolean;
  /** Paths that changed, for the display. */
  readonly diffs?: readonly string[];
  /** Those for which the resource has to be replaced. */
  readonly replaces?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

/** What a resource is once a call is through. */
export interface Made {
  readonly id: string;
  readonly outputs: Json;
}

/** A resource was made or changed, but is not what it should be: the engine records it with the reasons. */
export class Incomplete extends Error {
  /** @param inputs What the engine is to record as inputs. @param reasons Shown to the user, one a line. */
  constructor(
    readonly made: Made,
    readonly inputs: Json,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
  }
}

/** A resource plugin in plain values. Secrets come unwrapped; unknown values of a preview as `unknownValue`. */
export interface Plugin {
  readonly version: string;
  /** The provider's configuration as the program gave it; called before any other call. */
  readonly configure?: (config: Json) => Promise<void> | void;
  readonly check?: (call: CheckCall) => Promise<{ inputs: Json; failures?: readonly CheckFailure[] }>;
  readonly diff?: (call: DiffCall) => Promise<Difference>;
  readonly create?: (call: CreateCall, log: Log) => Promise<Made>;
  readonly update?: (call: UpdateCall, log: Log) => Promise<Made>;
  /** Undefined when it is gone. */
  readonly read?: (call: ReadCall) => Promise<{ id: string; outputs: Json; inputs: Json } | undefined>;
  readonly delete?: (call: DeleteCall, log: Log) => Promise<void>;
  /** A function, by its token. */
  readonly invoke?: (token: string, args: Json) => Promise<Json>;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Tells the user: a status is shown while the call runs, a warning stays. */
export interface Log {
  readonly status: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** What the engine sends for a value that only the update will know. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether any value below is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
