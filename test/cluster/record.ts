import path from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../../tools/json-file.ts";
import { componentNames } from "./control-plane.ts";

const startedProcess = z.object({ pid: z.int(), started: z.string() });

const record = z.object({
  network: z.object({ namespace: z.string(), device: z.string(), hostAddress: z.string(), address: z.string() }),
  /** Whether every process was started and the cluster was ready once. */
  complete: z.boolean(),
  /** The process that is to take the cluster down; left out when it is to outlive the one that started it. */
  owner: startedProcess.optional(),
  /** By name, the whole command that starts each process, so that it can be started again. */
  commands: z.partialRecord(z.enum(componentNames), z.array(z.string())),
  processes: z.partialRecord(z.enum(componentNames), startedProcess),
});

/** What a cluster's folder tells of it: written before and after each step, so that it can be taken down from any. */
export type ClusterRecord = z.output<typeof record>;

/** Undefined where no cluster was started in the folder. */
export function readRecord(folder: string): Promise<ClusterRecord | undefined> {
  return readJson(recordFile(folder), record);
}

export function writeRecord(folder: string, content: ClusterRecord): Promise<void> {
  return writeJson(recordFile(folder), content);
}

function recordFile(folder: string): string {
  return path.join(folder, "cluster.json");
}
