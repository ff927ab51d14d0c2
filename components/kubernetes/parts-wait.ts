import type * as pulumi from "@pulumi/pulumi";

/**
 * Lets a component's parts wait for what it comes after, and not the component itself. Where one of those fails, the engine
 * skips the parts and goes on with other algorithms; a component that it skips tells its outputs all the same, and that ends
 * the whole run.
 *
 * @returns `own` for the component, `after` for each of its parts.
 */
export function partsWait(opts: pulumi.ComponentResourceOptions = {}) {
  const { dependsOn, ...own } = opts;
  return { own, after: dependsOn === undefined ? {} : { dependsOn } };
}
