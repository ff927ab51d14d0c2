import { algorithmType, type UrnParts } from "../tools/urn.ts";
import type { DeployStages } from "./json/deploy.ts";

/** What a part means to people who watch a run. */
export interface PartWords {
  /** What is being done while it is made or changed. */
  readonly doing: string;
  /** The stage of a deploy that it is. @default none */
  readonly stage?: Exclude<keyof DeployStages, "resolve">;
}

/** The words for a part that takes long enough to be told; undefined for every other. */
export function wordsOf({ type, above }: Pick<UrnParts, "type" | "above">): PartWords | undefined {
  return local[type] ?? (above.includes(algorithmType) ? algorithms : platform)[type];
}

const local: Readonly<Record<string, PartWords>> = {
  "conduit:local:TemporalServer": { doing: "starting Temporal's dev server" },
  "conduit:local:Environment": { doing: "preparing its Python environment", stage: "build" },
  "conduit:local:Worker": { doing: "starting its worker", stage: "switch" },
};

/** Parts of an algorithm on Kubernetes. */
const algorithms: Readonly<Record<string, PartWords>> = {
  "docker-build:index:Image": { doing: "building its image", stage: "build" },
  "kubernetes:batch/v1:Job": { doing: "trying its new version", stage: "gate" },
  "kubernetes:apps/v1:Deployment": { doing: "exchanging its workers", stage: "switch" },
  "kubernetes:apps/v1:StatefulSet": { doing: "exchanging its workers", stage: "switch" },
};

/** Parts of the platform on Kubernetes. */
const platform: Readonly<Record<string, PartWords>> = {
  "docker-build:index:Image": { doing: "building the image" },
  "kubernetes:apps/v1:Deployment": { doing: "starting" },
  "kubernetes:apps/v1:StatefulSet": { doing: "starting" },
  "kubernetes:batch/v1:Job": { doing: "running" },
  "kubernetes:helm.sh/v3:Release": { doing: "installing" },
};
