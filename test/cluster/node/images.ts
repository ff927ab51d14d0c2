import path from "node:path";
import { run } from "../../../tools/run.ts";
import { processOf } from "../cluster.ts";
import { containerdPrograms } from "./programs.ts";
import { containerdSocket } from "./setting.ts";
import { inSpace } from "./space.ts";

/** Whether the containerd of a cluster's node answers. */
export async function isContainerdReady(folder: string): Promise<boolean> {
  return await images(folder, "list", "--quiet").then(
    () => true,
    () => false,
  );
}

/**
 * Lets the pods of a cluster's node use the images of a file.
 *
 * @param folder The cluster's.
 */
export async function importImages(folder: string, archive: string): Promise<void> {
  await images(folder, "import", archive);
}

/** Runs containerd's client for the images that pods may use. */
async function images(folder: string, ...args: string[]): Promise<void> {
  const client = path.join(await containerdPrograms(), "ctr");
  const command = [client, "--address", containerdSocket, "--namespace", "k8s.io", "images", ...args];
  const [program = "", ...rest] = inSpace(await processOf(folder, "node"), command);
  await run(program, rest);
}
