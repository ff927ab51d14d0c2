import { writeFile } from "node:fs/promises";
import path from "node:path";
import { withStore } from "./buildah.ts";
import { cachedImage } from "./cached-image.ts";
import { makeDebianRoot } from "./debian-root.ts";
import type { Registry } from "./registry.ts";

/** Pushes an image with Debian's Python 3.11 to a registry, as `python:3.11`: it stands for the official one. */
export async function pushPythonImage({ host }: Registry): Promise<void> {
  const archive = await pythonImage();
  await withStore(async (buildah) => {
    const image = (await buildah("pull", "--quiet", `oci-archive:${archive}`)).trim();
    await buildah("push", "--quiet", "--tls-verify=false", image, `docker://${host}/python:3.11`);
  });
}

/** The image as a file in the cache, made once. */
export function pythonImage(): Promise<string> {
  return cachedImage("python-image-bookworm-1", async (archive, folder) => {
    await makeDebianRoot(path.join(folder, "root"), ["python3", "python3-venv", "ca-certificates"]);
    await writeFile(path.join(folder, "Dockerfile"), "FROM scratch\nCOPY root /\n");
    await withStore(async (buildah) => {
      const image = (await buildah("build", "--quiet", "--isolation=chroot", folder)).trim();
      await buildah("push", "--quiet", image, `oci-archive:${archive}:python`);
    });
  });
}
