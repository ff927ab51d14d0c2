import * as pulumi from "@pulumi/pulumi";

/** What the stack's state holds of one resource. */
export interface PreviousResource {
  /** Its type token, such as `conduit:index:Release`. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** What it gave, or registered. Secrets are in the clear: never show or keep them. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What the last run left, by the stack's state. */
export interface PreviousState {
  /** All resources of a type. */
  readonly ofType: (type: string) => readonly PreviousResource[];
  readonly resources: readonly PreviousResource[];
}

/**
 * Reads what the last run of this stack left. Nothing when it is the first one.
 *
 * The engine offers it to references between stacks, and a stack may ask for its own. What it knows already need not be
 * fetched, built or looked for again, on whatever machine that is.
 */
export async function previousState(): Promise<PreviousState> {
  const answer = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
    stackName: pulumi.getStack(),
  });
  return readPrevious(answer.outputs);
}

/** What the engine answers, by URN, in a handier shape. */
export function readPrevious(
  outputs: Readonly<Record<string, { readonly type?: string; readonly outputs?: Readonly<Record<string, unknown>> }>>,
): PreviousState {
  const resources = Object.entries(outputs).map(([urn, resource]) => ({
    type: resource.type ?? "",
    name: urn.split("::").slice(3).join("::"),
    outputs: resource.outputs ?? {},
  }));
  return { resources, ofType: (type) => resources.filter((resource) => resource.type === type) };
}
