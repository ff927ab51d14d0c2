import { ensurePulumi } from "../../tools/toolchain.ts";
import { stopAbandonedClusters } from "./abandoned.ts";
import { installMissing, requireMachine } from "./machine.ts";
import { kedaFiles } from "./node/keda-programs.ts";
import { nodePrograms } from "./node/programs.ts";
import { nodeNeeds } from "./node/start-node.ts";
import { temporalClusterImages } from "./node/temporal-programs.ts";
import { clusterPrograms } from "./programs.ts";
import { ensureBuildah } from "./support/buildah.ts";
import { postgresImage } from "./support/postgres-image.ts";
import { pythonImage } from "./support/python-image.ts";
import { typescriptImage } from "./support/typescript-image.ts";

/** For vitest's `globalSetup`: what takes minutes on a fresh machine is done before any test's clock runs. */
export async function setup(): Promise<void> {
  await installMissing(nodeNeeds);
  requireMachine(nodeNeeds);
  await ensureBuildah();
  const onProgress = (line: string) => console.log(line);
  await stopAbandonedClusters();
  await clusterPrograms(onProgress);
  await nodePrograms(onProgress);
  await kedaFiles(onProgress);
  await temporalClusterImages(onProgress);
  await postgresImage(onProgress);
  await pythonImage();
  await typescriptImage(onProgress);
  await ensurePulumi({ onProgress });
}
