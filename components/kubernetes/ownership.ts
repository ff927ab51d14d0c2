import { stackAnnotation } from "./metadata.ts";

/** One object of a cluster, as its path in the API names it. */
export interface ObjectReference {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** None for what belongs to the whole cluster. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** An object that the cluster has. */
export interface ExistingObject extends ObjectReference {
  readonly annotations: Readonly<Record<string, string>>;
}

/** What tells two objects apart. */
export function referenceKey({ apiVersion, kind, namespace = "", name }: ObjectReference): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return [group, kind, namespace, name].join("/");
}

/**
 * The objects that stand where this stack wants its own, and that are not its own: a sentence for each, with the way out.
 * An object that carries the stack's annotation is its own; a create of an earlier run made it, whose answer was lost.
 *
 * @param stack `<project>/<stack>`.
 */
export function foreignObjects(
  wanted: readonly ObjectReference[],
  existing: ReadonlyMap<string, ExistingObject>,
  stack: string,
): string[] {
  return wanted.flatMap((reference) => {
    const found = existing.get(referenceKey(reference));
    const owner = found?.annotations[stackAnnotation];
    if (found === undefined || owner === stack) return [];
    const { kind, namespace, name } = reference;
    const where = namespace === undefined ? `\`${name}\`` : `\`${namespace}/${name}\``;
    const whose = owner === undefined ? "was not made by this stack" : `belongs to the stack \`${owner}\``;
    const flag = namespace === undefined ? "" : ` --namespace ${namespace}`;
    return [
      `The ${kind} ${where} exists already and ${whose}. To let this stack take it over, run ` +
        `\`kubectl annotate --overwrite ${kind.toLowerCase()} ${name}${flag} ${stackAnnotation}=${stack}\`; ` +
        "otherwise delete it, or choose another name.",
    ];
  });
}
