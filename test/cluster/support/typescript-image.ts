import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { repository } from "../../support/project.ts";
import { withStore } from "./buildah.ts";
import { cachedImage } from "./cached-image.ts";
import { nodeImage } from "./node-image.ts";
import type { Registry } from "./registry.ts";

/** The folder of the image that the README refers to. */
export const typescriptExample = path.join(repository, "examples", "images", "typescript");

/** What the example's Dockerfile puts into its image. */
const content = readdirSync(typescriptExample).filter((name) => /^Dockerfile$|\.ts$|^package.*\.json$/.test(name));

/** The example's image as a file in the cache, made once for each state of the example. */
export function typescriptImage(onProgress: (line: string) => void): Promise<string> {
  return cachedImage(`typescript-image-1-${contentKey()}`, async (archive) => {
    onProgress("Building the image of the example in TypeScript for tests.");
    await withStore(async (buildah) => {
      const node = (await buildah("pull", "--quiet", `oci-archive:${await nodeImage(onProgress)}`)).trim();
      // Within a build there are none but Debian's own authorities.
      const authorities = "/etc/ssl/certs/ca-certificates.crt";
      const flags = ["--quiet", "--isolation=chroot", "--volume", `${authorities}:${authorities}:ro`];
      const image = (await buildah("build", ...flags, "--build-arg", `NODE=${node}`, typescriptExample)).trim();
      await buildah("push", "--quiet", image, `oci-archive:${archive}:worker`);
    });
  });
}

function contentKey(): string {
  const hash = createHash("sha256");
  for (const name of content.toSorted())
    hash.update(`${name}\0`).update(readFileSync(path.join(typescriptExample, name)));
  return hash.digest("hex").slice(0, 16);
}

/**
 * Pushes images like the example's to a registry.
 *
 * @param activities The text of `activities.ts` in each, by the image's name and tag, such as `keywords:1.0`.
 */
export async function pushTypescriptImages(
  { host }: Registry,
  activities: Readonly<Record<string, string>>,
): Promise<void> {
  const archive = await typescriptImage((line) => console.log(line));
  await withStore(async (buildah, store) => {
    const image = (await buildah("pull", "--quiet", `oci-archive:${archive}`)).trim();
    for (const [name, text] of Object.entries(activities)) {
      const file = path.join(store, "activities.ts");
      await writeFile(file, text);
      const container = (await buildah("from", image)).trim();
      await buildah("copy", "--quiet", container, file, "/app/activities.ts");
      const changed = (await buildah("commit", "--quiet", container)).trim();
      await buildah("push", "--quiet", "--tls-verify=false", changed, `docker://${host}/${name}`);
    }
  });
}
