import { rm } from "node:fs/promises";
import path from "node:path";
import { temporalCliPath } from "../../../tools/python-tools.ts";
import { makeFolder } from "../../support/folders.ts";
import { addProgram } from "./add-program.ts";
import { addUser } from "./add-user.ts";
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
      await addProgram(root, "temporal", program);
      // The server does not start for a user without a name.
      await addUser(root, "temporal", 1000);
    });
    await importImages(clusterFolder, archive);
  } finally {
    await rm(folder, { recursive: true });
  }
}
