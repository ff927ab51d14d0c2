import type { Algorithm } from "../registry/resolve.ts";
import { algorithmType } from "../tools/urn.ts";

/** Types of the platform's parts, which are no part of any algorithm. */
const platformTypes = ["conduit:local:", "conduit:temporal:", "conduit:kubernetes:", "kubernetes:", "docker:"];

/** Parts that are named by an algorithm's objects and a word: the type tells them from an algorithm of the same name. */
const suffixed = {
  algorithm: [
    ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "egress"],
    ["kubernetes:core/v1:ConfigMap", "mock"],
  ],
  lane: [
    ["kubernetes:core/v1:Service", "metrics"],
    ["kubernetes:core/v1:PersistentVolumeClaim", "state"],
    ["kubernetes:keda.sh/v1alpha1:TriggerAuthentication", "temporal"],
  ],
} as const;

/**
 * The engine's patterns for the platform's parts and the whole chain of each algorithm. (`*` stands for anything but colons,
 * `**` for anything.) The parts of a lane are named by its objects: no algorithm has the name of another one's object.
 */
export function targetsOf(algorithms: readonly Pick<Algorithm, "name" | "lanes">[]): string[] {
  return [
    ...platformTypes.map((type) => `urn:pulumi:*::*::${type}**`),
    ...algorithms.flatMap(({ name, lanes }) => {
      const objects = [...new Set([name, ...lanes.map(({ objectName }) => objectName)])];
      return [
        `urn:pulumi:*::*::${algorithmType}::${name}`,
        ...objects.map((object) => `urn:pulumi:*::*::${algorithmType}$**::${object}`),
        ...suffixed.algorithm.map(([type, suffix]) => partPattern(type, `${name}-${suffix}`)),
        ...objects.flatMap((object) => suffixed.lane.map(([type, suffix]) => partPattern(type, `${object}-${suffix}`))),
      ];
    }),
  ];
}

function partPattern(type: string, name: string): string {
  return `urn:pulumi:*::*::${algorithmType}$**${type}::${name}`;
}
