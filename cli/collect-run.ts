import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { commitAnnotation } from "../components/kubernetes/metadata.ts";
import { partsOf } from "../tools/urn.ts";
import { addLine } from "./add-line.ts";
import type { DeployStages } from "./json/deploy.ts";
import { rolloutGap } from "./kubernetes/rollout-gap.ts";
import { WantedObjects } from "./kubernetes/wanted-objects.ts";
import { Owners } from "./owners.ts";
import { wordsOf } from "./part-words.ts";
import type { Progress } from "./progress.ts";
import { RunFailures } from "./run-failures.ts";
import { RunProgress } from "./run-progress.ts";

/** What one run of the engine did. */
export interface UpdateReport {
  /** Failures by name: an algorithm's, whichever part of it failed, or a platform part's. */
  readonly failures: ReadonlyMap<string, string>;
  /** Algorithms whose change keeps them from being served for a while, with the reasons. */
  readonly gaps: ReadonlyMap<string, string>;
  /** Algorithms whose worker changed, with the commit that it runs now. */
  readonly changed: ReadonlyMap<string, string>;
  /** Algorithms whose Python environment or image was made or chosen anew. */
  readonly built: readonly string[];
  /** How long the stages took that are parts of their own, by algorithm: milliseconds. */
  readonly stages: ReadonlyMap<string, Partial<DeployStages>>;
  /** Number of resources that were created, updated or deleted. */
  readonly changes: number;
  readonly milliseconds: number;
  /** Whether the engine still remembers creations in which an earlier run was killed. */
  readonly unfinished: boolean;
}

/** Gathers what the engine's events tell. */
export function collectRun(told: Progress) {
  const started = performance.now();
  const owners = new Owners();
  const objects = new WantedObjects();
  const failed = new RunFailures(told, owners, objects);
  const progress = new RunProgress(told, owners);
  const gaps = new Map<string, string>();
  const changed = new Map<string, string>();
  const built = new Set<string>();
  let changes = 0;
  let unfinished = false;
  const onEvent = (event: EngineEvent): void => {
    const { diagnosticEvent: diagnostic, resOutputsEvent: done, resourcePreEvent: begun } = event;
    if (begun) {
      owners.learn(begun.metadata);
      objects.learn(begun.metadata);
      progress.begin(begun.metadata);
      const gap = rolloutGap(begun.metadata);
      if (gap !== undefined) addLine(gaps, owners.ownerOf(begun.metadata.urn), gap);
    }
    if (diagnostic) {
      unfinished ||= diagnostic.severity === "warning" && /pending operations from previous/.test(diagnostic.message);
      failed.take(diagnostic);
      // Of a resource that is being made, from the provider.
      if (diagnostic.ephemeral && diagnostic.urn) progress.detail(diagnostic.urn, diagnostic.message.trim());
    }
    const over = done?.metadata ?? event.resOpFailedEvent?.metadata;
    if (over) progress.end(over);
    if (!done || !isChange(done.metadata.op)) return;
    changes += 1;
    if (done.metadata.op === "delete") return;
    const stage = wordsOf(partsOf(done.metadata.urn))?.stage;
    const name = owners.ownerOf(done.metadata.urn);
    if (stage === "switch") changed.set(name, commitIn(done.metadata));
    if (stage === "build") built.add(name);
  };
  const report = (): UpdateReport => ({
    failures: failed.byName,
    gaps,
    // Of several lanes one may have failed.
    changed: new Map([...changed].filter(([name]) => !failed.byName.has(name))),
    built: [...built],
    stages: progress.stages(),
    changes,
    milliseconds: performance.now() - started,
    unfinished,
  });
  return { onEvent, failed, report };
}

const workerSchema = z.looseObject({
  commit: z.string().optional(),
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }).optional(),
});

/** The commit among a worker's outputs. */
function commitIn({ new: made }: StepEventMetadata): string {
  const outputs = workerSchema.safeParse(made?.outputs).data;
  return outputs?.commit ?? outputs?.metadata?.annotations[commitAnnotation] ?? "";
}

function isChange(op: string): boolean {
  return op !== "same" && op !== "read" && op !== "refresh";
}
