import * as pulumi from "@pulumi/pulumi";
import type { PreviousResources } from "../components/platform.ts";

/**
 * Reads what the last run of this stack left. Nothing when it is the first one.
 *
 * The engine offers it to references between stacks, and a stack may ask for its own. What it knows already need not be
 * fetched, built or looked for again, on whatever machine that is.
 */
export async function previousState(): Promise<PreviousResources> {
  const answer = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
    stackName: pulumi.getStack(),
  });
  return readPrevious(answer.outputs);
}

/** What the engine answers, by URN, in a handier shape. */
export function readPrevious(
  outputs: Readonly<Record<string, { readonly type?: string; readonly outputs?: Readonly<Record<string, unknown>> }>>,
): PreviousResources {
  const resources = Object.entries(outputs).map(([urn, resource]) => ({
    type: resource.type ?? "",
    name: urn.split("::").slice(3).join("::"),
    outputs: resource.outputs ?? {},
  }));
  return { resources, ofType: (type) => resources.filter((resource) => resource.type === type) };
}
