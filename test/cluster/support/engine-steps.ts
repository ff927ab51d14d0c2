import type { Outcome } from "../../support/project.ts";

interface Step {
  readonly op: string;
  readonly urn: string;
}

/** What `pulumi preview --json` would do, without what stays as it is: the operation and the URN of each resource. */
export function changesOf({ code, stdout, stderr }: Outcome): Step[] {
  if (code !== 0) throw new Error(`The preview failed:\n${stdout}${stderr}`);
  const { steps }: { steps: Step[] } = JSON.parse(stdout);
  return steps.filter(({ op }) => op !== "same" && op !== "read").map(({ op, urn }) => ({ op, urn }));
}

/** Such as `update kubernetes:apps/v1:Deployment ranker`. */
export function stepText({ op, urn }: Step): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${op} ${types.split("$").at(-1)} ${name}`;
}
