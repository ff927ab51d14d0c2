import { symlink } from "node:fs/promises";
import path from "node:path";
import { run } from "../../../tools/run.ts";
import { debianPackage } from "../../support/debian-package.ts";
import { addProgram } from "./add-program.ts";
import { writeImage } from "./image-archive.ts";

/**
 * Busybox, of which pods are made here that need no more than a shell; it also keeps each pod's namespaces open. Linked
 * statically as it is, its `wget` crashes when it is given a time limit (`-T`).
 */
export const baseImage = "conduit.test/busybox:1";

/** Makes the image out of Debian's static busybox, as a file. */
export async function makeBaseImage(archive: string): Promise<void> {
  await writeImage(archive, { name: baseImage, entrypoint: ["/bin/sleep", "infinity"] }, addBusybox);
}

/** Puts a shell and its usual commands into an image. */
export async function addBusybox(root: string): Promise<void> {
  const busybox = path.join(await debianPackage("busybox-static"), "bin", "busybox");
  const names = (await run(busybox, ["--list"])).trim().split("\n");
  await addProgram(root, "bin/busybox", busybox);
  for (const name of names) if (name !== "busybox") await symlink("busybox", path.join(root, "bin", name));
}
