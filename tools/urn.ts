/** The type of an algorithm's component. */
export const algorithmType = "conduit:index:Algorithm";

/** What a resource's URN tells. */
export interface UrnParts {
  /** Its own type, such as `kubernetes:batch/v1:Job`. */
  readonly type: string;
  /** The types above it, outermost first; none of a resource of the stack's own. */
  readonly above: readonly string[];
  readonly name: string;
}

/** Takes a URN apart: `urn:pulumi:stack::project::type$type::name`. */
export function partsOf(urn: string): UrnParts {
  const parts = urn.split("::");
  const types = parts[2]?.split("$") ?? [];
  return { type: types.at(-1) ?? "", above: types.slice(0, -1), name: parts.slice(3).join("::") };
}
