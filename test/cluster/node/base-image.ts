import { chmod, copyFile, mkdir, symlink } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../tools/run.ts";
import { debianPackage } from "../../support/debian-package.ts";
import { writeImage } from "./image-archive.ts";

/**
 * Busybox, of which pods are made here that need no more than a shell; it also keeps each pod's namespaces open. Linked
 * statically as it is, its `wget` crashes when it is given a time limit (`-T`).
 */
export const baseImage = "conduit.test/busybox:1";

/** Makes the image out of Debian's static busybox, as a file. */
export async function makeBaseImage(archive: string): Promise<void> {
  const busybox = path.join(await debianPackage("busybox-static"), "bin", "busybox");
  const names = (await run(busybox, ["--list"])).trim().split("\n");
  await writeImage(archive, { name: baseImage, entrypoint: ["/bin/sleep", "infinity"] }, async (root) => {
    const folder = path.join(root, "bin");
    await mkdir(folder);
    await copyFile(busybox, path.join(folder, "busybox"));
    await chmod(path.join(folder, "busybox"), 0o755);
    for (const name of names) if (name !== "busybox") await symlink("busybox", path.join(folder, name));
  });
}
