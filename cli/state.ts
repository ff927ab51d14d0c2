import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { type StackAccess, stackAccessSchema } from "../components/temporal-access.ts";
import { engineError } from "./errors.ts";
import { clusterIn, type StackCluster } from "./kubernetes/state-objects.ts";

const stateSchema = z.looseObject({
  resources: z
    .array(
      z.looseObject({
        urn: z.string(),
        type: z.string(),
        parent: z.string().optional(),
        inputs: z.record(z.string(), z.unknown()).optional(),
        outputs: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default([]),
});

const supervisorSchema = z.looseObject({ home: z.string(), socket: z.string(), runDirectory: z.string() });
const serverSchema = z.looseObject({
  address: z.string(),
  uiUrl: z.string(),
  port: z.number(),
  uiPort: z.number(),
});
const releaseSchema = z.looseObject({
  algorithm: z.string(),
  version: z.string(),
  commit: z.string(),
  stages: z.looseObject({ resolve: z.number() }),
  settings: z.looseObject({
    timeouts: z.looseObject({ startToClose: z.number() }),
    concurrency: z.number().optional(),
  }),
});
const environmentSchema = z.looseObject({
  python: z.string(),
  runtime: z.string(),
  stages: z.looseObject({ build: z.number() }),
});
const workerSchema = z.looseObject({
  version: z.string(),
  commit: z.string(),
  program: z.string(),
  liveAt: z.string(),
  release: z.looseObject({ settings: z.looseObject({ concurrency: z.number() }) }),
  activities: z.array(z.looseObject({ name: z.string() })).default([]),
  stages: z.looseObject({ start: z.number(), switch: z.number() }),
});

/** One algorithm's chain, as the stack's state has it; a part that was never made is undefined. */
export interface AlgorithmState {
  readonly release: z.infer<typeof releaseSchema> | undefined;
  readonly environment: z.infer<typeof environmentSchema> | undefined;
  readonly worker: z.infer<typeof workerSchema> | undefined;
}

/** What the stack's state tells of the local platform and its algorithms. */
export interface StackState {
  readonly supervisor: z.infer<typeof supervisorSchema> | undefined;
  readonly server: z.infer<typeof serverSchema> | undefined;
  /** How its Temporal is reached; undefined when it made none yet. */
  readonly access: StackAccess | undefined;
  readonly algorithms: ReadonlyMap<string, AlgorithmState>;
  /** What the releases gave, by algorithm: what the next look at their sources need not fetch again. */
  readonly releases: ReadonlyMap<string, unknown>;
  /** Where the workers run; undefined where it is this machine. */
  readonly cluster: StackCluster | undefined;
}

export async function readState(stack: Stack): Promise<StackState> {
  return parseState(await exportedState(stack));
}

/** @throws EngineError when it cannot be read */
export async function exportedState(stack: Stack): Promise<unknown> {
  const { deployment } = await stack.exportStack().catch((thrown) => {
    throw engineError(thrown);
  });
  return deployment;
}

/** Exported for tests. */
export function parseState(deployment: unknown): StackState {
  const { resources } = stateSchema.parse(deployment ?? {});
  const outputs = (type: string, name?: string) =>
    resources.find((resource) => resource.type === type && (!name || resource.urn.endsWith(`::${name}`)))?.outputs;
  const names = resources
    .filter((resource) => resource.type === "conduit:index:Algorithm")
    .map((resource) => resource.urn.split("::").at(-1) ?? "");
  const algorithms = names.map((name): [string, AlgorithmState] => [
    name,
    {
      release: releaseSchema.safeParse(outputs("conduit:index:Release", name)).data,
      environment: environmentSchema.safeParse(outputs("conduit:local:Environment", name)).data,
      worker: workerSchema.safeParse(outputs("conduit:local:Worker", name)).data,
    },
  ]);
  const server = serverSchema.safeParse(outputs("conduit:local:TemporalServer")).data;
  const told = stackAccessSchema.safeParse(outputs("pulumi:pulumi:Stack")?.temporalAccess).data;
  return {
    supervisor: supervisorSchema.safeParse(outputs("conduit:local:Supervisor")).data,
    server,
    access: told ?? (server && { address: server.address, namespaces: {} }),
    algorithms: new Map(algorithms),
    releases: new Map(names.map((name) => [name, outputs("conduit:index:Release", name)])),
    cluster: clusterIn(resources),
  };
}
