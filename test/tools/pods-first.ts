import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Of files that run beside each other the longest go first, so that none is left alone at the end: those on real pods, whose
 * durations nobody knows on a fresh machine, then those that vitest remembers or takes to be long.
 */
export class PodsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (moduleId.includes("/test/cluster/pods/") ? 0 : 1);
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
