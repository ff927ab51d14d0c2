import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output.js";
import { Refusal, type Release } from "./release.ts";

/**
 * An output that nobody gets, since an algorithm has a problem that shows only once its release is there. The run fails with
 * the problem; what would be made of the output stays as it was, and everything else goes on.
 *
 * @param problem One clear message for the owner.
 * @param release Its release, which it is told below: the algorithm itself may have a refusal of its own.
 */
export function refused<T>(algorithm: string, problem: string, release: Release): pulumi.Output<T> {
  const refusal = new Refusal(algorithm, { algorithm, problem }, { parent: release });
  if (pulumi.runtime.isDryRun()) void pulumi.log.warn(`${algorithm}: ${problem}`, release);
  return pulumi.all([refusal.id, unknown]).apply((): T => {
    throw new Error("What is not known was given.");
  });
}
