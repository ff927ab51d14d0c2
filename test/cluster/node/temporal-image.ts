import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporalCliPath } from "../../../tools/python-tools.ts";
import { makeFolder } from "../../support/folders.ts";
import { writeImage } from "./image-archive.ts";
import { importImages } from "./images.ts";

/** What a stack takes Temporal's dev server from that names no image of its own. */
const temporalImage = "docker.io/temporalio/temporal:1.9.1";

/**
 * Gives a cluster's real node the image of Temporal's command line under its usual name, made of the one that this machine has.
 */
export async function importTemporalImage(clusterFolder: string, onProgress: (line: string) => void): Promise<void> {
  const program = await temporalCliPath({ onProgress });
  const folder = await makeFolder();
  try {
    const archive = path.join(folder, "temporal.tar");
    const image = { name: temporalImage, entrypoint: ["/temporal"], user: "1000:1000" };
    await writeImage(archive, image, async (root) => {
      await copyFile(program, path.join(root, "temporal"));
      await chmod(path.join(root, "temporal"), 0o755);
      // The server does not start for a user without a name.
      await mkdir(path.join(root, "etc"));
      await writeFile(path.join(root, "etc", "passwd"), "temporal:x:1000:1000::/tmp:/bin/false\n");
    });
    await importImages(clusterFolder, archive);
  } finally {
    await rm(folder, { recursive: true });
  }
}
