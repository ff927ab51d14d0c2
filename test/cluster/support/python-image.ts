import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../../../tools/cache.ts";
import { installOnce } from "../../../tools/install-once.ts";
import { withStore } from "./buildah.ts";
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
export async function pythonImage(): Promise<string> {
  const directory = path.join(cacheDirectory(), "test", "python-image-bookworm-1");
  const archive = path.join(directory, "image.tar");
  const make = async (temporary: string) => {
    const root = path.join(temporary, "root");
    await makeDebianRoot(root, ["python3", "python3-venv", "ca-certificates"]);
    await writeFile(path.join(temporary, "Dockerfile"), "FROM scratch\nCOPY root /\n");
    await withStore(async (buildah) => {
      const file = path.join(temporary, "Dockerfile");
      await buildah("build", "--quiet", "--isolation=chroot", "--tag=python", "--file", file, temporary);
      await buildah("push", "--quiet", "python", `oci-archive:${path.join(temporary, "image.tar")}:python`);
    });
    await rm(root, { recursive: true });
  };
  await installOnce({ directory, isComplete: () => existsSync(archive), make });
  return archive;
}
