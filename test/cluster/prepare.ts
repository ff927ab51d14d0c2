import { ensurePulumi } from "../../tools/toolchain.ts";
import { stopAbandonedClusters } from "./abandoned.ts";
import { requireMachine } from "./machine.ts";
import { clusterPrograms } from "./programs.ts";

/** For vitest's `globalSetup`: what takes minutes on a fresh machine is done before any test's clock runs. */
export async function setup(): Promise<void> {
  requireMachine();
  const onProgress = (line: string) => console.log(line);
  await stopAbandonedClusters();
  await ensurePulumi({ onProgress });
  await clusterPrograms(onProgress);
}
