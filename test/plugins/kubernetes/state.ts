import { type JsonObject, objectAt, textAt } from "./json.ts";
import { manifestOf, normalized, propertiesOf } from "./manifest.ts";
import { markSecrets } from "./secrets.ts";

/** What the engine keeps of an object between runs. */
export interface State {
  /** What was last asked for, normalized. */
  readonly inputs: JsonObject;
  /** The object as the API server last answered it. */
  readonly live: JsonObject;
  /** In whose name the fields were applied. */
  readonly manager: string | undefined;
}

/** Says that this plugin made the state: the official one must never find it, nor this one touch the official one's. */
const mark = "__standIn";

/** The outputs of a resource: the live object, and beside it what later runs need. */
export function checkpoint(from: {
  /** What was asked for, without secrets. */
  readonly inputs: JsonObject;
  readonly live: JsonObject;
  /** The same inputs as the engine gave them: what is secret there is secret here. */
  readonly secrets: JsonObject;
  readonly manager: string;
}): JsonObject {
  const apiVersion = textAt(from.inputs, "apiVersion") ?? textAt(from.live, "apiVersion") ?? "";
  return {
    ...markSecrets(propertiesOf(from.live), from.secrets),
    __inputs: markSecrets(propertiesOf(from.inputs), from.secrets),
    __initialApiVersion: apiVersion,
    __fieldManager: from.manager,
    [mark]: true,
  };
}

/**
 * Reads outputs that `checkpoint` wrote.
 *
 * @throws when another plugin wrote them.
 */
export function parseState(properties: JsonObject, urn: string): State {
  const { [mark]: made, __inputs, __initialApiVersion, __fieldManager, ...live } = manifestOf(properties);
  if (made !== true) {
    throw new Error(
      `${urn} was made by another kubernetes plugin, so the stand-in of the tests does not touch it. ` +
        "Run the official plugin on this stack, or a stack of its own with the stand-in.",
    );
  }
  return {
    inputs: normalized(objectAt({ __inputs: __inputs ?? null }, "__inputs")),
    live,
    manager: typeof __fieldManager === "string" ? __fieldManager : undefined,
  };
}
